package client

import "encoding/json"

// Change is what becomes of a member that can also be taken away. The zero Change leaves it
// as it is.
type Change[T any] struct {
	value   *T
	changes bool
}

// To changes a member to a value.
func To[T any](value T) Change[T] { return Change[T]{&value, true} }

// ToNone takes the value of a member away.
func ToNone[T any]() Change[T] { return Change[T]{nil, true} }

// IsZero reports whether the member stays as it is; then no request has it.
func (c Change[T]) IsZero() bool { return !c.changes }

// MarshalJSON implements json.Marshaler.
func (c Change[T]) MarshalJSON() ([]byte, error) { return json.Marshal(c.value) }
