package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// Run carries out a command line and returns the exit code: 0 fine,
// 1 failed, 2 wrong usage or settings. Environment and outputs are arguments,
// so that a test can run the whole program.
func Run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	err := run(ctx, args, getenv, stdout, stderr)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "antom-checkout:", err)
	if errors.As(err, &usageError{}) {
		return 2
	}
	return 1
}

// usageError is a wrong command line or wrong settings.
type usageError struct{ error }

// Unwrap gives the cause.
func (e usageError) Unwrap() error { return e.error }

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	name := "serve"
	switch {
	case len(args) > 0 && (args[0] == "-h" || args[0] == "--help"):
		name, args = "help", nil
	case len(args) > 0 && !strings.HasPrefix(args[0], "-"):
		name, args = args[0], args[1:]
	}
	c := commandCalled(name)
	if c == nil {
		return usageError{fmt.Errorf("no command %q\n\n%s", name, manual())}
	}
	line := newLine(c, args, getenv)
	line.stdout, line.stderr = stdout, stderr
	err := c.run(ctx, line)
	if errors.Is(err, flag.ErrHelp) {
		_, err = io.WriteString(stdout, c.manual(line.flags))
	}
	return err
}

// line is a command line: a command's name is known, the rest is still text. A
// command adds flags of its own before it calls load.
type line struct {
	command        *command
	args           []string
	getenv         func(string) string
	environ        func() []string // all of the environment, as NAME=value
	stdout, stderr io.Writer
	flags          *flag.FlagSet
	arguments      []string // what is neither flag nor flag's value; known after load
}

func newLine(c *command, args []string, getenv func(string) string) *line {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // Run says what is wrong
	return &line{command: c, args: args, getenv: getenv, environ: os.Environ, stdout: io.Discard, stderr: io.Discard, flags: flags}
}

// load reads arguments, flags and the command's settings.
func (l *line) load() (Settings, error) {
	var s Settings
	rows := l.command.rows(&s)
	defineFlags(l.flags, rows)
	if err := l.parse(); err != nil {
		return Settings{}, err
	}
	g := given{flags: map[string]string{}, getenv: l.getenv}
	l.flags.Visit(func(f *flag.Flag) { g.flags[f.Name] = f.Value.String() })
	if err := s.fill(rows, g); err != nil {
		return Settings{}, err
	}
	s.Warnings = append(s.Warnings, misspelt(l.environ())...)
	return s, nil
}

// parse takes arguments before and after the flags.
func (l *line) parse() error {
	first := 0
	for first < len(l.args) && !strings.HasPrefix(l.args[first], "-") {
		first++
	}
	if err := l.flags.Parse(l.args[first:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError{fmt.Errorf("%s: %w; %s -h lists the flags", l.command.name, err, l.command.name)}
	}
	l.arguments = append(l.args[:first:first], l.flags.Args()...)
	least, most := l.command.takes()
	switch n := len(l.arguments); {
	case n > most:
		return usageError{fmt.Errorf("%s: unexpected %q", l.command.name, l.arguments[most])}
	case n < least:
		return usageError{errors.New(l.command.usage())}
	}
	return nil
}

// set reports whether a flag is on the command line.
func (l *line) set(name string) (found bool) {
	l.flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}
