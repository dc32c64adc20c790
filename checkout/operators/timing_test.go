package operators_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"antom-checkout/checkout/operators"
)

// failure is a sign-in that fails, and must not be told from the others by how long it takes.
type failure struct{ name, email, password string }

// failures makes people of every state and lists what fails.
func (h *house) failures() []failure {
	h.t.Helper()
	h.enters("mei@kiln.example", operators.Owner)
	h.enters("tom@kiln.example", operators.Support)
	_, err := h.Disable(h.ctx(), operators.CommandLine, "tom@kiln.example")
	h.must(err)
	_, _, err = h.Invite(h.ctx(), operators.CommandLine, "invited@kiln.example", "", operators.Viewer)
	h.must(err)
	_, _, err = h.Reset(h.ctx(), operators.CommandLine, h.isSignedIn(h.enters("lee@kiln.example", operators.Finance).Token, operators.StageFull).Person.ID)
	h.must(err)
	return []failure{
		{"a wrong password", "mei@kiln.example", "a wrong password"},
		{"an unknown address", "stranger@kiln.example", "a wrong password"},
		{"no address", "", ""},
		{"a disabled person", "tom@kiln.example", goodPassword},
		{"a person without a password", "invited@kiln.example", "a wrong password"},
		{"a person who was reset", "lee@kiln.example", goodPassword},
		{"a password beyond the longest", "mei@kiln.example", string(make([]byte, 4096))},
	}
}

// Every sign-in that fails computes one hash of one cost, and one that comes too soon none.
func TestEverySignInThatFailsCostsTheSame(t *testing.T) {
	h := newHouse(t, false)
	cases := h.failures()
	var computed []argon2id.Params
	operators.WatchHashes(t, func(p argon2id.Params) { computed = append(computed, p) })
	var first argon2id.Params
	for i, c := range cases {
		computed = nil
		_, err := h.SignIn(t.Context(), c.email, c.password, "", operators.Origin{Address: fmt.Sprintf("203.0.113.%d", i)})
		h.refusedAs(c.name, operators.Wrong, err)
		if len(computed) != 1 {
			t.Fatalf("%s costs %d hashes", c.name, len(computed))
		}
		if i == 0 {
			first = computed[0]
		}
		if computed[0] != first {
			t.Errorf("%s costs %+v, the first %+v", c.name, computed[0], first)
		}
	}
	for _, c := range cases {
		for range 5 {
			_, _ = h.SignIn(t.Context(), c.email, c.password, "", operators.Origin{Address: "2001:db8::" + fmt.Sprint(len(computed))})
		}
		computed = nil
		_, err := h.SignIn(t.Context(), c.email, c.password, "", operators.Origin{Address: "198.51.100.7"})
		h.refusedAs(c.name+", too soon", operators.Slow, err)
		if len(computed) != 0 {
			t.Errorf("%s, too soon, costs %d hashes", c.name, len(computed))
		}
		h.now = h.now.Add(2 * time.Hour) // the address has had its tries, too
	}
}

// BenchmarkSignInThatFails reports how long each failure takes beside a wrong password: the
// ratio of the medians, which should be 1.
func BenchmarkSignInThatFails(b *testing.B) {
	h := newHouse(b, false)
	cases := h.failures()
	took := make([][]time.Duration, len(cases))
	for b.Loop() {
		for i, c := range cases {
			h.now = h.now.Add(2 * time.Hour) // no try comes too soon
			began := time.Now()
			_, err := h.SignIn(h.ctx(), c.email, c.password, "", desk)
			took[i] = append(took[i], time.Since(began))
			h.refused(operators.Wrong, err)
		}
	}
	median := func(all []time.Duration) float64 {
		slices.Sort(all)
		return float64(all[len(all)/2])
	}
	wrong := median(took[0])
	b.ReportMetric(wrong/1e6, "ms/wrong")
	for i, c := range cases[1:] {
		b.Logf("%s: %.3f of a wrong password", c.name, median(took[i+1])/wrong)
		b.ReportMetric(median(took[i+1])/wrong, []string{"unknown", "none", "disabled", "invited", "reset", "long"}[i]+"/wrong")
	}
}
