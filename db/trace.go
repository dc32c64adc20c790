package db

import (
	"context"
	"strings"
)

// Tracer makes spans of transactions.
type Tracer interface {
	// Commit begins the span of a transaction on a database system. about is the kind of what
	// it changes, such as "order": no id.
	Commit(ctx context.Context, system, about string) (context.Context, func(error))
}

// tracedCommits makes a span of every transaction, with the time that it waits for others.
type tracedCommits struct {
	committer
	tracer Tracer
	system string
}

func (c tracedCommits) do(ctx context.Context, about subject, fn func(context.Context, *tx) error) error {
	ctx, end := c.tracer.Commit(ctx, c.system, about.kind())
	err := c.committer.do(ctx, about, fn)
	end(err)
	return err
}

// kind is what a transaction is about, without the id.
func (s subject) kind() string {
	kind, _, _ := strings.Cut(string(s), " ")
	if kind == "" {
		return "nothing"
	}
	return kind
}
