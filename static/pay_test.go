package static

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// machine is the table of pay.js: its states, and the transition of each state for
// each event.
type machine struct {
	script string
	states []string
	rows   []machineRow
}

type machineRow struct{ state, event, next, action string }

var (
	stateLine = regexp.MustCompile(`^\t\t(\w+): \{`)
	rowLine   = regexp.MustCompile(`^\t\t\t(\w+): \["(\w+)", (\w+)\],`)
	codeLine  = regexp.MustCompile(`(?m)^\t\t[A-Z_]+: "(\w+)",$`)
)

func readMachine(t *testing.T) machine {
	t.Helper()
	script, err := os.ReadFile("pay.js")
	if err != nil {
		t.Fatal(err)
	}
	m := machine{script: string(script)}
	_, table, found := strings.Cut(m.script, "const table = {\n")
	table, _, closed := strings.Cut(table, "\n\t};")
	if !found || !closed {
		t.Fatal("pay.js has no table")
	}
	for line := range strings.Lines(table) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(line)
		state, row := stateLine.FindStringSubmatch(line), rowLine.FindStringSubmatch(line)
		switch {
		case state != nil:
			m.states = append(m.states, state[1])
		case row != nil && len(m.states) > 0:
			m.rows = append(m.rows, machineRow{m.states[len(m.states)-1], row[1], row[2], row[3]})
		case trimmed == "}," || strings.HasPrefix(trimmed, "//"):
		default:
			t.Errorf("the table has a line that is not a row: %s", line)
		}
	}
	return m
}

func TestTheTableOfThePayButtonIsComplete(t *testing.T) {
	m := readMachine(t)
	if want := []string{"idle", "starting", "shown", "submitting", "asked", "away", "leaving"}; !slices.Equal(m.states, want) {
		t.Errorf("the states are %v, want %v", m.states, want)
	}
	seen := map[[2]string]bool{}
	listed := map[string]bool{}
	for _, row := range m.rows {
		if key := [2]string{row.state, row.event}; seen[key] {
			t.Errorf("%s has two rows for %s", row.state, row.event)
		} else {
			seen[key] = true
		}
		listed[row.event] = true
		if !slices.Contains(m.states, row.next) {
			t.Errorf("%s, %s: there is no state %s", row.state, row.event, row.next)
		}
		if !strings.Contains(m.script, "function "+row.action+"(") {
			t.Errorf("%s, %s: there is no action %s", row.state, row.event, row.action)
		}
		if raised := regexp.MustCompile(`"` + row.event + `"`); !raised.MatchString(m.script) {
			t.Errorf("%s, %s: nothing raises it", row.state, row.event)
		}
	}
	for _, code := range codeLine.FindAllStringSubmatch(m.script, -1) {
		if event := code[1]; event != "progress" && !listed[event] {
			t.Errorf("no state lists %s, which a code of the SDK raises", event)
		}
	}
	for _, raised := range regexp.MustCompile(`(?:happen|raise)\("(\w+)"`).FindAllStringSubmatch(m.script, -1) {
		if !listed[raised[1]] {
			t.Errorf("no state lists %s, which the script raises", raised[1])
		}
	}
}

// The state and the start say everything about a payment. Beside them the script
// keeps the last message only.
func TestThePayButtonHasNoSharedFlags(t *testing.T) {
	m := readMachine(t)
	var shared []string
	for _, found := range regexp.MustCompile(`(?m)^\t(?:let|var) (.+)$`).FindAllStringSubmatch(m.script, -1) {
		shared = append(shared, strings.Fields(found[1])[0])
	}
	if want := []string{"at", "lastMessage"}; !slices.Equal(shared, want) {
		t.Errorf("the script shares the variables %v, want %v", shared, want)
	}
}
