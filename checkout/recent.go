package checkout

// MaxRecent bounds what a Recent holds.
const MaxRecent = 20_000

// Recent is a map that forgets: what was put longest ago goes first, so that clients
// cannot fill the memory. It has two generations; when the younger one is full it becomes
// the older. The zero value is empty. It has no lock.
type Recent[V any] struct{ young, old map[string]V }

// Get is the value of a key, or the zero value.
func (r *Recent[V]) Get(key string) V {
	if value, found := r.young[key]; found {
		return value
	}
	return r.old[key]
}

// Put keeps a value. A value that is used again is put again, so that it stays.
func (r *Recent[V]) Put(key string, value V) {
	if _, known := r.young[key]; !known && (r.young == nil || len(r.young) >= MaxRecent/2) {
		r.young, r.old = map[string]V{}, r.young
	}
	r.young[key] = value
}

// Len is how many values are held.
func (r *Recent[V]) Len() int { return len(r.young) + len(r.old) }
