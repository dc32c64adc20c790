package methods

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// cardTeller answers getCardInfo as a test wants, and counts.
type cardTeller struct {
	Consulter
	answer func(ctx context.Context) (checkout.CardFacts, error)
	asked  []string
}

func (g *cardTeller) CardFacts(ctx context.Context, prefix string) (checkout.CardFacts, error) {
	g.asked = append(g.asked, prefix)
	return g.answer(ctx)
}

// Antom is asked once an hour about the cards of a bank; one that gives no answer, half a
// minute later, and no buyer waits for it for long.
func TestFactsOfCardsAreKeptForAnHour(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	french := checkout.CardFacts{Brands: []string{"VISA", "CARTES_BANCAIRES"}, Country: "FR"}
	knows := func(ctx context.Context) (checkout.CardFacts, error) {
		if end, bounded := ctx.Deadline(); !bounded || time.Until(end) > factsPatience {
			t.Error("a buyer waits for long")
		}
		return french, nil
	}
	antom := &cardTeller{answer: knows}
	m := New(Config{Now: func() time.Time { return now }}, antom)
	expect := func(prefix string, known bool, asked int) {
		t.Helper()
		got := m.CardFacts(t.Context(), prefix)
		if (got.Country == "FR") != known || known && !slices.Equal(got.Brands, french.Brands) || len(antom.asked) != asked {
			t.Errorf("known is %+v, asked %d times", got, len(antom.asked))
		}
	}
	expect("", false, 0)
	expect("49701000", true, 1)
	now = now.Add(59 * time.Minute)
	expect("49701000", true, 1)
	expect("49701001", true, 2)
	now = now.Add(time.Minute)
	expect("49701000", true, 3)

	for _, fail := range []func(context.Context) (checkout.CardFacts, error){
		func(context.Context) (checkout.CardFacts, error) { return french, errors.New("no answer") },
		func(context.Context) (checkout.CardFacts, error) { panic("no such call") },
	} {
		antom.asked, antom.answer = nil, fail
		now = now.Add(2 * time.Hour)
		expect("49701000", false, 1)
		now = now.Add(29 * time.Second)
		expect("49701000", false, 1)
		antom.answer = knows
		now = now.Add(time.Second)
		expect("49701000", true, 2)
	}
}

func TestOnlySoManyFactsAreKept(t *testing.T) {
	antom := &cardTeller{answer: func(context.Context) (checkout.CardFacts, error) { return checkout.CardFacts{Country: "FR"}, nil }}
	m := New(Config{}, antom)
	for i := range 3 * maxFacts {
		m.CardFacts(t.Context(), strconv.Itoa(10_000_000+i))
	}
	if kept := len(m.facts.by); kept > maxFacts {
		t.Errorf("%d are kept", kept)
	}
}
