package sandbox

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"
)

// faults are the injected faults that may still take effect, and the random
// source of those with a chance. Its lock is held for one draw only.
type faults struct {
	now func() time.Time

	mu     sync.Mutex
	list   []Fault
	count  int
	seed   uint64
	random *rand.Rand
}

func newFaults(seed uint64, now func() time.Time) *faults {
	return &faults{now: now, seed: seed, random: newRandom(seed)}
}

func newRandom(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, seed)) // #nosec G404 -- it chooses which messages get a fault, and a seed has to repeat that
}

// add injects a fault and gives it an id.
func (fs *faults) add(f Fault) (Fault, error) {
	if err := f.check(); err != nil {
		return Fault{}, err
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.count++
	f.ID, f.Hits = "fault-"+strconv.Itoa(fs.count), 0
	fs.list = append(fs.list, f)
	return f, nil
}

// all returns the faults that may still take effect, and the seed of their chances.
func (fs *faults) all() ([]Fault, uint64) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return slices.Clone(fs.list), fs.seed
}

// remove ends one fault and reports whether there was one of that id.
func (fs *faults) remove(id string) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	before := len(fs.list)
	fs.list = slices.DeleteFunc(fs.list, func(f Fault) bool { return f.ID == id })
	return len(fs.list) < before
}

// clear ends all faults.
func (fs *faults) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = nil
}

// reseed starts the draw of faults with a chance again from this seed.
func (fs *faults) reseed(seed uint64) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.seed, fs.random = seed, newRandom(seed)
}

// reset ends all faults and starts their draw again from the same seed.
func (fs *faults) reset() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list, fs.random = nil, newRandom(fs.seed)
}

// inject finds the first fault of one of the kinds that applies here and now,
// and counts it. on is an endpoint or a type of notification.
func (fs *faults) inject(on, payment string, kinds ...FaultKind) (Fault, bool) {
	now := fs.now()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i, f := range fs.list {
		switch {
		case !slices.Contains(kinds, f.Kind),
			f.On != "" && f.On != on,
			f.On == "" && f.Times > 0 && on == "consult", // shops consult in the background: it would use up what was meant for a payment
			f.Payment != "" && f.Payment != payment,
			!f.From.IsZero() && now.Before(f.From),
			!f.Until.IsZero() && !now.Before(f.Until),
			f.Chance > 0 && fs.random.Float64() >= f.Chance:
			continue
		}
		f.Hits++
		if f.Times > 0 && f.Hits >= f.Times {
			fs.list = slices.Delete(fs.list, i, i+1)
		} else {
			fs.list[i] = f
		}
		return f, true
	}
	return Fault{}, false
}

// delay is how much longer a fault makes something take.
func (fs *faults) delay(kind FaultKind, on, payment string) time.Duration {
	fault, _ := fs.inject(on, payment, kind)
	return time.Duration(fault.Delay)
}
