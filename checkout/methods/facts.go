package methods

import (
	"context"
	"sync"
	"time"

	"antom-checkout/checkout"
)

// What Antom knows of cards is kept by the first digits of their numbers, which are those
// of a bank's thousands of cards and name no buyer.
const (
	factsFresh    = time.Hour        // of an answer
	factsRetry    = 30 * time.Second // after a call without an answer
	factsPatience = 2 * time.Second  // of a buyer who pays: the card is paid without the choice of a brand then
	maxFacts      = 1000             // kept at a time
)

// facts keeps answers of getCardInfo.
type facts struct {
	mu sync.Mutex
	by map[string]factsEntry
}

type factsEntry struct {
	checkout.CardFacts
	until time.Time
}

// CardFacts is what Antom knows of the cards whose numbers begin with some digits: nothing
// while it does not answer, because no buyer is kept from paying for want of it.
func (s *Methods) CardFacts(ctx context.Context, prefix string) checkout.CardFacts {
	if prefix == "" {
		return checkout.CardFacts{}
	}
	if known, kept := s.facts.find(prefix, s.now()); kept {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, factsPatience)
	defer cancel()
	entry := factsEntry{until: s.now().Add(factsFresh)}
	err := checkout.Guard(func() (err error) {
		entry.CardFacts, err = s.antom.CardFacts(ctx, prefix)
		return err
	})
	if err != nil {
		entry = factsEntry{until: s.now().Add(factsRetry)}
		s.log.WarnContext(ctx, "no answer about a card: it is paid without the choice of a brand", checkout.LogError, err)
	}
	s.facts.keep(prefix, entry)
	return entry.CardFacts
}

func (f *facts) find(prefix string, now time.Time) (checkout.CardFacts, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	entry, kept := f.by[prefix]
	return entry.CardFacts, kept && now.Before(entry.until)
}

// keep forgets all answers where there are too many: those in use are asked for again.
func (f *facts) keep(prefix string, entry factsEntry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil || len(f.by) >= maxFacts {
		f.by = map[string]factsEntry{}
	}
	f.by[prefix] = entry
}
