package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// console is what a tab's pages complained of: uncaught errors, console.error,
// and what the browser itself reports, violated policies among it.
type console struct {
	mu      sync.Mutex
	lines   []string
	excused []string
}

// newConsole excuses what no page of ours can help: the sandbox has no icon.
func newConsole() *console { return &console{excused: []string{"/favicon.ico"}} }

// mayComplain excuses complaints that hold text: a failed request that the story
// itself brought about.
func (b *buyer) mayComplain(text string) {
	b.console.mu.Lock()
	defer b.console.mu.Unlock()
	b.console.excused = append(b.console.excused, text)
}

// hear is called for each of the tab's events, in their order.
func (c *console) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		c.add("uncaught: " + text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, arg := range e.Args {
				words = append(words, strings.TrimSpace(string(arg.Value)+" "+arg.Description))
			}
			c.add("console.error: " + strings.Join(words, " "))
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
