package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// listed is a part of a list as a program reads it.
type listed struct {
	Data []struct{ ID, Number, Status string }
	Next *string
}

// lists reads a part of a list of orders, and its ids.
func (p *program) lists(query string) (page listed, ids []string) {
	p.t.Helper()
	r := p.calls(http.MethodGet, "/orders?"+query, "")
	if r.status != http.StatusOK {
		p.t.Fatalf("GET /orders?%s is answered %d %s", query, r.status, r.body)
	}
	page = into[listed](p.t, r)
	for _, o := range page.Data {
		ids = append(ids, o.ID)
	}
	return page, ids
}

// hasOrders places orders, and returns their ids, newest first.
func (s *shop) hasOrders(n int) (ids []string) {
	s.t.Helper()
	for range n {
		ids = append([]string{s.idOf(s.newBuyer().orders())}, ids...)
	}
	return ids
}

// A program reads all orders part by part. Orders that arrive meanwhile change no later
// part: nothing is skipped, nothing comes twice.
func TestOrdersAreListedPartByPart(t *testing.T) {
	s := newShop(t)
	want := s.hasOrders(5)
	p := s.newProgram(checkout.ScopeReadOrders)
	var got []string
	query := "limit=2"
	for range 3 {
		page, ids := p.lists(query)
		got = append(got, ids...)
		if page.Next == nil {
			break
		}
		s.hasOrders(1)
		query = "limit=2&after=" + url.QueryEscape(*page.Next)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the list is %v, want %v", got, want)
	}
	if page, all := p.lists(""); len(all) != 7 || page.Next != nil || !slices.Equal(all[2:], want) {
		t.Errorf("all at once are %v", all)
	}
}

// Each filter finds its orders and no other.
func TestOrdersAreFoundByWhatIsKnownOfThem(t *testing.T) {
	s := newShop(t, func(set *settings) { set.manualCapture, set.timeStands = true, true })
	first := s.hasOrders(1)[0]
	s.jumps(time.Minute)
	_, path, _ := s.paidBy("CARD")
	second := s.orderAt(path)
	p := s.newProgram(checkout.ScopeReadOrders)
	at := second.CreatedAt.UTC().Format("2006-01-02T15:04:05.999Z07:00")
	for query, want := range map[string][]string{
		"status=open": {first}, "status=authorized": {second.ID}, "status=refunded": nil,
		"waiting=true": {second.ID}, "waiting=false": {second.ID, first},
		"number=" + strings.ToLower(second.Number): {second.ID}, "number=nothing": nil,
		"email=" + strings.ToUpper(second.Buyer.Email): {second.ID, first}, "email=other@example.com": nil,
		"created_from=" + at: {second.ID}, "created_to=" + at: {second.ID, first},
		"created_from=" + at + "&status=open": nil, "reference=A-1": nil,
	} {
		if _, ids := p.lists(query); !slices.Equal(ids, want) {
			t.Errorf("?%s lists %v, want %v", query, ids, want)
		}
	}
}

// What is no part of a list is refused at its parameter.
func TestAListRefusesWhatItCannotBe(t *testing.T) {
	p := newShop(t).newProgram(checkout.ScopeReadOrders)
	for parameter, value := range map[string]string{"limit": "101", "after": "***", "status": "lost", "created_from": "yesterday", "waiting": "perhaps"} {
		t.Run(parameter, func(t *testing.T) {
			found := p.expectProblem(p.calls(http.MethodGet, fmt.Sprintf("/orders?%s=%s", parameter, value), ""), http.StatusUnprocessableEntity, "invalid")
			if len(found.Errors) != 1 || found.Errors[0].Pointer != parameter {
				t.Errorf("the problem is at %v", found.Errors)
			}
		})
	}
	p.expectProblem(p.calls(http.MethodGet, "/orders?limit=0", ""), http.StatusUnprocessableEntity, "invalid")
}
