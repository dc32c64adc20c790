package web

import (
	"context"
	"io"
	"testing"

	"github.com/a-h/templ"
)

// A script with the nonce of one answer would not run on the page that answers the next.
func TestAPageWithANonceIsNotRemembered(t *testing.T) {
	ctx := templ.WithNonce(context.Background(), "N0NCE")
	page := func(text string) templ.Component {
		return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
	}
	if _, err := NewRendered(ctx, page(`<script nonce="N0NCE">`)); err == nil {
		t.Error("the page is remembered")
	}
	if _, err := NewRendered(ctx, page(`<p>`)); err != nil {
		t.Error(err)
	}
}
