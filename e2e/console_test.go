package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// console holds the errors of a tab's pages: uncaught errors, console.error, and the
// reports of the browser, such as violated policies.
type console struct {
	mu      sync.Mutex
	lines   []string
	excused []string
}

// newConsole excuses the missing icon of the sandbox, which no page of the shop causes.
func newConsole() *console { return &console{excused: []string{"/favicon.ico"}} }

// mayComplain excuses complaints that hold text, such as a request that the journey
// itself makes fail.
func (b *buyer) mayComplain(text string) {
	b.console.mu.Lock()
	defer b.console.mu.Unlock()
	b.console.excused = append(b.console.excused, text)
}

// record receives each event of the tab, in order.
func (c *console) record(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		c.add("uncaught: " + text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var parts []string
			for _, arg := range e.Args {
				parts = append(parts, strings.TrimSpace(string(arg.Value)+" "+arg.Description))
			}
			c.add("console.error: " + strings.Join(parts, " "))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			c.add(fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

func (c *console) add(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, line)
}

func (c *console) complaints() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.lines), func(line string) bool {
		return slices.ContainsFunc(c.excused, func(text string) bool { return strings.Contains(line, text) })
	})
}
