// Package desk holds the pages of the merchant's dashboard: templates, the view models they
// take, and every text in English and Simplified Chinese. Readers of other languages read
// English.
//
//	err := desk.ErrorPage(desk.Error{Frame: frame, Status: 403}).Render(desk.WithLanguage(ctx), &buf)
package desk

import (
	"context"
	"strconv"
	"strings"

	"antom-checkout/views"
)

// Frame is what surrounds every page.
type Frame struct {
	ShopName   string
	Logo       *views.Logo // the merchant's, or nil
	AccentURL  string      // a style sheet with the merchant's colour, or ""
	Sandbox    bool        // payments are practice
	HomeURL    string
	AccountURL string
	SignOutURL string
	Person     string // who is signed in, or ""
	Role       string
	Navigation []Item
	Done       string // what was just done: a key of the texts below done., or ""
	Languages  []views.LanguageChoice
}

// place is the name of the current entry of the navigation, or "".
func (f Frame) place(ctx context.Context) string {
	for _, item := range f.Navigation {
		if item.Current {
			return Text(ctx, "nav."+item.Key)
		}
	}
	return ""
}

// Item is an entry of the navigation.
type Item struct {
	Key     string // of its text, below nav.
	Href    string
	Current bool
	Count   int // of what waits there; 0 shows none
}

// Head is what a page is about.
type Head struct {
	Title   string
	Hook    string // data-test of the page
	Text    string // below the title, or ""
	Script  string // a static file that the page is better with, or ""
	BackURL string // the list that the page belongs to, or ""
	Back    string // its name
}

// Page is one part of a list.
type Page struct {
	NextURL  string // the rows after these, or ""
	FirstURL string // the newest rows, where these are not they; or ""
}

// Field is an input with its label.
type Field struct {
	Name, Label, Type, Value string
	Hint, Wrong              string // Wrong: what is wrong with the value, or ""
	Complete                 string // the autocomplete attribute
	Mode                     string // the inputmode attribute
	Least                    int    // of characters; 0 is any number
	Optional, Focused        bool
	Needed                   string // when the optional field is needed after all, or ""
}

// Choice is a list of options of which one is chosen.
type Choice struct {
	Name, Label, Value string
	Options            []Option
}

// Option is one of a choice.
type Option struct{ Value, Text string }

// described names what a screen reader reads with the input: what is wrong, and the hint.
func (f Field) described() string {
	var ids []string
	if f.Wrong != "" {
		ids = append(ids, "wrong-"+f.Name)
	}
	if f.Hint != "" {
		ids = append(ids, "hint-"+f.Name)
	}
	return strings.Join(ids, " ")
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// Confirm is the page before something is done: it says what will happen.
type Confirm struct {
	Frame
	Title   string
	Text    []string // what will happen, a paragraph each
	Until   string   // until when that is possible, or ""
	Action  string   // where the form is posted to
	Hidden  []Hidden
	Fields  []Field
	Choice  Choice // no options: there is none
	Button  string
	Danger  bool // it takes something away
	BackURL string
	Wrong   string // why it was not done, or ""
}

// Error is a page about what went wrong.
type Error struct {
	Frame
	Status    int
	Text      string // what it says; "": that of the status
	Reference string
}

// titleKey and textKey are the keys of what the page says of its status.
func (e Error) titleKey() string { return e.textKey() + ".title" }

func (e Error) textKey() string {
	if key := "error." + strconv.Itoa(e.Status); HasText(key) {
		return key
	}
	return "error.other"
}
