package handlers

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
)

// visit is what a browser's session cookie holds: little, encrypted, and no
// prices.
type visit struct {
	ID    string              `json:"id"` // makes forms of this session its own
	Cart  []checkout.CartLine `json:"cart,omitempty"`
	Order string              `json:"order,omitempty"` // token of the order made from this cart
	// Token of the last order made anew: its form was not one of this session.
	Renewed string `json:"renewed,omitempty"`
}

// made reports whether the order was made here, so that what is personal in it
// may be shown. To know an order's address is not enough.
func (v *visit) made(o checkout.Order) bool {
	return o.PlacedBy(v.ID) || v.Renewed == o.Token
}

// pieces is how many pieces the cart holds.
func (v *visit) pieces() int {
	n := 0
	for _, line := range v.Cart {
		n += line.Quantity
	}
	return n
}

// line finds a product in the cart, or -1.
func (v *visit) line(sku string) int {
	for i, line := range v.Cart {
		if line.SKU == sku {
			return i
		}
	}
	return -1
}

// sessionStore keeps visits in gorilla's cookies.
type sessionStore struct {
	cookies *sessions.CookieStore
	name    string
}

const sessionDays = 30

func newSessionStore(key []byte, https bool) *sessionStore {
	cookies := sessions.NewCookieStore(key[:32], key[32:])
	cookies.Options = &sessions.Options{
		Path: "/", MaxAge: sessionDays * 86400, HttpOnly: true, Secure: https,
		// Lax, because with Strict the cookie is missing when Antom leads the buyer back.
		SameSite: http.SameSiteLaxMode,
	}
	cookies.MaxAge(sessionDays * 86400)
	for _, codec := range cookies.Codecs {
		codec.(*securecookie.SecureCookie).SetSerializer(visitSerializer{})
	}
	s := &sessionStore{cookies: cookies, name: "session"}
	if https {
		s.name = "__Host-session" // no other host of the domain can set it
	}
	return s
}

// visit reads the request's session. A cookie that is damaged, forged or too old
// is a new visit.
func (s *sessionStore) visit(c echo.Context) *visit {
	session, err := s.cookies.Get(c.Request(), s.name)
	if err == nil {
		if v, ok := session.Values[visitKey].(*visit); ok {
			return v
		}
	}
	return &visit{ID: rand.Text()}
}

// known is the id of the request's session, or "" for a visit that has just begun.
func (s *sessionStore) known(c echo.Context) string {
	session, err := s.cookies.Get(c.Request(), s.name)
	if err != nil {
		return ""
	}
	if v, ok := session.Values[visitKey].(*visit); ok {
		return v.ID
	}
	return ""
}

// save writes the cookie. It is called only where a visit has changed.
func (s *sessionStore) save(c echo.Context, v *visit) error {
	session, _ := s.cookies.Get(c.Request(), s.name) // an error means a new session, which is what is saved
	session.Values[visitKey] = v
	if err := s.cookies.Save(c.Request(), c.Response(), session); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

const visitKey = "visit"

// visitSerializer writes visits as JSON, which takes a quarter of the time that
// gorilla's gob does.
type visitSerializer struct{}

func (visitSerializer) Serialize(src any) ([]byte, error) {
	return json.Marshal(src.(map[any]any)[visitKey])
}

func (visitSerializer) Deserialize(text []byte, dst any) error {
	v := &visit{}
	if err := json.Unmarshal(text, v); err != nil {
		return err
	}
	(*dst.(*map[any]any))[visitKey] = v
	return nil
}
