package handlers_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
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
		expectPointers(rt, body, r)
	})
	s.quiet()
	o := into[struct{ Total, Refunded struct{ Amount int64 } }](t, p.calls(http.MethodGet, "/orders/"+order, ""))
	if o.Refunded.Amount > o.Total.Amount {
		t.Errorf("%d of %d was refunded", o.Refunded.Amount, o.Total.Amount)
	}
}

// expectPointers checks that a refusal says where the body is wrong.
func expectPointers(t rapid.TB, body string, r reply) {
	t.Helper()
	if r.status != http.StatusUnprocessableEntity {
		return
	}
	var found problem
	if err := json.Unmarshal(r.body, &found); err != nil {
		t.Fatalf("%q is answered %s: %v", body, r.body, err)
	}
	for _, e := range found.Errors {
		if e.Pointer != "" && !strings.HasPrefix(e.Pointer, "/") {
			t.Fatalf("%q is refused at %q", body, e.Pointer)
		}
	}
	if found.Code == "invalid" && len(found.Errors) == 0 {
		t.Fatalf("%q is refused without a pointer: %s", body, r.body)
	}
}

// orderMembers are values of the members of an order, each of which may be as it has to be.
func orderMembers() map[string]*rapid.Generator[any] {
	line := rapid.Custom(func(t *rapid.T) any {
		if rapid.Bool().Draw(t, "of the catalogue") {
			return map[string]any{"sku": rapid.SampledFrom([]string{"MUG-01", "none"}).Draw(t, "sku"), "quantity": rapid.IntRange(0, 3).Draw(t, "quantity")}
		}
		return map[string]any{
			"name": rapid.SampledFrom([]string{"Table", "Crêpe", "4054695723100768", "", "a\nb"}).Draw(t, "name"), "quantity": rapid.IntRange(1, 100).Draw(t, "quantity"),
			"unit_amount": rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Just[int64](1e12)).Draw(t, "unit_amount"),
		}
	})
	oneOf := func(values ...any) *rapid.Generator[any] { return rapid.SampledFrom(values) }
	return map[string]*rapid.Generator[any]{
		"lines":       rapid.SliceOfN(line, 0, 3).AsAny(),
		"currency":    oneOf("SGD", "sgd", "JPY", "XXX", "EURO"),
		"reference":   oneOf("", "R-1", "R-2", "4054695723100768"),
		"buyer":       oneOf(map[string]any{"email": "ada@example.com", "address": map[string]any{"country": "SG"}}, map[string]any{"email": "ada"}, map[string]any{}),
		"methods":     oneOf([]string{"CARD"}, []string{"CARD", "GCASH"}, []string{"NONE"}, []string{}),
		"capture":     oneOf("automatic", "manual", "later"),
		"success_url": oneOf("https://shop.example/thanks", "http://shop.example", "javascript:alert(1)"),
		"cancel_url":  oneOf("https://shop.example/cart", "no address"),
		"expires_in":  oneOf(60, 59, 2592000, 1e9),
		"locale":      oneOf("de", "en-SG", "tlh", "?"),
		"metadata":    oneOf(map[string]string{"table": "7"}, map[string]string{"": "x"}, map[string]int{"n": 1}),
	}
}

// orderBodies are orders of which any member may be wrong, left out, or unknown.
func orderBodies() *rapid.Generator[string] {
	members := orderMembers()
	names := slices.Sorted(maps.Keys(members))
	return rapid.Custom(func(t *rapid.T) string {
		body := map[string]any{"lines": []any{map[string]any{"name": "Table", "quantity": 1, "unit_amount": 2100}}}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 4).Draw(t, "members") {
			body[name] = members[name].Draw(t, name)
		}
		if rapid.IntRange(0, 3).Draw(t, "is spoilt") == 0 {
			name := rapid.OneOf(rapid.SampledFrom(names), memberName()).Draw(t, "of any kind")
			body[name] = anyJSON(2).Draw(t, name)
		}
		text, err := json.Marshal(body)
		if err != nil {
			return "{" // a number that JSON lacks
		}
		return string(text)
	})
}

// Whatever is posted as an order is placed, and then told of once and shown, or is refused and
// leaves nothing.
func TestWhateverIsPostedAsAnOrderIsPlacedOrRefused(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	answers := map[int]int{}
	rapid.Check(t, func(rt *rapid.T) {
		body := orderBodies().Draw(rt, "body")
		r := p.calls(http.MethodPost, "/orders", body)
		answers[r.status]++
		switch r.status {
		case http.StatusCreated:
			if id := into[orderJSON](t, r).ID; p.calls(http.MethodGet, "/orders/"+id, "").status != http.StatusOK {
				rt.Fatalf("%s is placed, and not found", body)
			}
		case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
		default:
			rt.Fatalf("%s is answered %d %s", body, r.status, r.body)
		}
		expectPointers(rt, body, r)
	})
	if answers[http.StatusCreated] == 0 || answers[http.StatusUnprocessableEntity] == 0 {
		t.Errorf("the bodies are all right, or all wrong: %v", answers)
	}
	if n := len(s.audit()["order"]); n != answers[http.StatusCreated] {
		t.Errorf("%d orders are stored, and %d requests were answered with one", n, answers[http.StatusCreated])
	}
	told := map[string]int{}
	for after := ""; ; {
		page := into[struct {
			Data []struct {
				OrderID  string `json:"order_id"`
				Sequence int
			}
			Next *string
		}](t, p.calls(http.MethodGet, "/events?type=order.created&limit=100"+after, ""))
		for _, e := range page.Data {
			if told[e.OrderID]++; told[e.OrderID] > 1 || e.Sequence != 1 {
				t.Errorf("order %s is told of %d times, as event %d", e.OrderID, told[e.OrderID], e.Sequence)
			}
		}
		if page.Next == nil {
			break
		}
		after = "&after=" + *page.Next
	}
	if len(told) != answers[http.StatusCreated] {
		t.Errorf("%d orders are placed, and %d told of", answers[http.StatusCreated], len(told))
	}
}
