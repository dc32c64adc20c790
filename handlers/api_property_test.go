package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyJSON draws a value of any type, no deeper than depth.
func anyJSON(depth int) *rapid.Generator[any] {
	plain := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.String().AsAny(),
		rapid.SampledFrom([]any{0, 1, -1, 1 << 53, 1e30, "", "100", "a.b", "\x00", "\u202e", strings.Repeat("x", 300)}),
	}
	if depth > 0 {
		plain = append(plain,
			rapid.SliceOfN(anyJSON(depth-1), 0, 3).AsAny(),
			rapid.MapOfN(memberName(), anyJSON(depth-1), 0, 3).AsAny())
	}
	return rapid.OneOf(plain...)
}

func memberName() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"amount", "reason", "Amount", "a.b", "c/d", "e~f", "g[0]", ""}), rapid.String())
}

// bodies are those to post: a refund that is nearly right, any JSON, or what is none.
func bodies() *rapid.Generator[string] {
	encoded := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			return "{" // a number that JSON lacks
		}
		return string(text)
	}
	return rapid.OneOf(
		rapid.Map(rapid.MapOfN(memberName(), anyJSON(2), 0, 3), func(m map[string]any) string { return encoded(m) }),
		rapid.Map(anyJSON(3), encoded),
		rapid.Map(rapid.Int64Range(1, 5), func(minor int64) string { return encoded(map[string]any{"amount": minor}) }),
		rapid.String(),
	)
}

// Whatever is posted is answered as the specification says: with no failure, no unlisted
// code, a pointer that leads into the body, and refunds that together are no more than was
// paid.
func TestWhateverIsPostedIsAnsweredAsSpecified(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	p := s.newProgram()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		body := bodies().Draw(rt, "body")
		path := "/orders/" + rapid.SampledFrom([]string{order, "x", "%00", "a%2Fb"}).Draw(rt, "order") + "/" +
			rapid.SampledFrom([]string{"refunds", "capture", "accept"}).Draw(rt, "action")
		n++
		r := p.calls(http.MethodPost, path, body, "Idempotency-Key", fmt.Sprintf("p-%d", n))
		if r.status >= http.StatusInternalServerError && r.status != http.StatusServiceUnavailable {
			rt.Fatalf("POST %s %q is answered %d %s", path, body, r.status, r.body)
		}
		if r.status == http.StatusUnprocessableEntity {
			found := into[problem](t, r)
			for _, e := range found.Errors {
				if e.Pointer != "" && !strings.HasPrefix(e.Pointer, "/") {
					rt.Fatalf("%q is refused at %q", body, e.Pointer)
				}
			}
			if found.Code == "invalid" && len(found.Errors) == 0 {
				rt.Fatalf("%q is refused without a pointer: %s", body, r.body)
			}
		}
	})
	s.quiet()
	o := into[struct{ Total, Refunded struct{ Amount int64 } }](t, p.calls(http.MethodGet, "/orders/"+order, ""))
	if o.Refunded.Amount > o.Total.Amount {
		t.Errorf("%d of %d was refunded", o.Refunded.Amount, o.Total.Amount)
	}
}
