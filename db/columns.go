package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// mapping defines how the rows of a table hold values of T. SELECT, INSERT, UPDATE,
// Scan and the cache all follow its columns, so a new column is one line here and
// one in a migration.
type mapping[T any] struct {
	table      string
	key        []string // the columns by which an update finds its row
	owner      []string // columns that T has no field for, inserted first
	onConflict string   // ends the INSERT
	columns    []column[T]

	names  string // of the columns, as a SELECT lists them
	insert string // the statement
}

// column is one column of a table and the field of T that it holds.
type column[T any] struct {
	name  string
	fixed bool                  // written by the INSERT only
	value func(of *T) any       // what is written
	dest  func(of *T) any       // where it is read to
	same  func(was, is *T) bool // whether an update has nothing to write
	take  func(to *T, from *T)  // copies the field
	round func(of *T)           // of a moment: leaves what the column can hold
}

func newMapping[T any](m mapping[T]) mapping[T] {
	names := make([]string, len(m.columns))
	for i, c := range m.columns {
		names[i] = c.name
	}
	m.names = strings.Join(names, ", ")
	all := append(append([]string(nil), m.owner...), names...)
	m.insert = "INSERT INTO " + m.table + " (" + strings.Join(all, ", ") + ")\nVALUES " + rows(1, len(all)) + "\n" + m.onConflict
	return m
}

// add inserts a row.
func (m *mapping[T]) add(ctx context.Context, tx *tx, row *T, owner ...any) (sql.Result, error) {
	values := make([]any, 0, len(owner)+len(m.columns))
	values = append(values, owner...)
	for i := range m.columns {
		values = append(values, m.columns[i].value(row))
	}
	return tx.ExecContext(ctx, m.insert, values...)
}

// addNew inserts a row unless there is one of its key, where onConflict says so.
func (m *mapping[T]) addNew(ctx context.Context, tx *tx, row *T) (added bool, err error) {
	res, err := m.add(ctx, tx, row)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// update writes the columns of a row that differ, and returns how many rows have
// changed. An UPDATE that names an indexed column rewrites the index, also when the
// value is the same as before.
func (m *mapping[T]) update(ctx context.Context, tx *tx, was, is *T, key ...any) (int64, error) {
	var set []string
	var values []any
	equals := func(name string, value any) string {
		values = append(values, value)
		return name + " = $" + strconv.Itoa(len(values))
	}
	for i := range m.columns {
		if c := &m.columns[i]; !c.fixed && !c.same(was, is) {
			set = append(set, equals(c.name, c.value(is)))
		}
	}
	if len(set) == 0 {
		return 0, nil
	}
	var where []string
	for i, name := range m.key {
		where = append(where, equals(name, key[i]))
	}
	res, err := tx.ExecContext(ctx, "UPDATE "+m.table+" SET "+strings.Join(set, ", ")+" WHERE "+strings.Join(where, " AND "), values...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// scan reads what a SELECT of names, and of more, has found.
func (m *mapping[T]) scan(row scanner, into *T, more ...any) error {
	dest := make([]any, 0, len(m.columns)+len(more))
	for i := range m.columns {
		dest = append(dest, m.columns[i].dest(into))
	}
	return row.Scan(append(dest, more...)...)
}

// take copies all that an update writes.
func (m *mapping[T]) take(to, from *T) {
	for i := range m.columns {
		if c := &m.columns[i]; !c.fixed {
			c.take(to, from)
		}
	}
}

// round leaves of every moment what its column can hold.
func (m *mapping[T]) round(of *T) {
	for i := range m.columns {
		if c := &m.columns[i]; c.round != nil {
			c.round(of)
		}
	}
}

// field is a column of any kind.
func field[T, V any](name string, of func(*T) *V, value, dest func(*V) any, same func(was, is V) bool) column[T] {
	return column[T]{
		name:  name,
		value: func(t *T) any { return value(of(t)) },
		dest:  func(t *T) any { return dest(of(t)) },
		same:  func(was, is *T) bool { return same(*of(was), *of(is)) },
		take:  func(to, from *T) { *of(to) = *of(from) },
	}
}

// plain is a column that holds its field as it is.
func plain[T any, V comparable](name string, of func(*T) *V) column[T] {
	return field(name, of,
		func(v *V) any { return *v },
		func(v *V) any { return v },
		equal)
}

// instant is a column of a moment, in milliseconds; NULL is the zero time.
func instant[T any](name string, of func(*T) *time.Time) column[T] {
	c := field(name, of,
		func(v *time.Time) any { return millis(*v) },
		func(v *time.Time) any { return (*storedTime)(v) },
		time.Time.Equal)
	c.round = func(t *T) { *of(t) = rounded(*of(t)) }
	return c
}

// fixed marks a column that no update writes.
func fixed[T any](c column[T]) column[T] {
	c.fixed = true
	return c
}

// storedTime reads a moment.
type storedTime time.Time

// Scan implements sql.Scanner.
func (t *storedTime) Scan(source any) error {
	switch ms := source.(type) {
	case nil:
		*t = storedTime{}
	case int64:
		*t = storedTime(moment(ms))
	default:
		return fmt.Errorf("a moment is stored as %T, not as a number", source)
	}
	return nil
}

// storedNumber reads a number; NULL is zero.
type storedNumber int64

// Scan implements sql.Scanner.
func (n *storedNumber) Scan(source any) error {
	var number sql.NullInt64
	err := number.Scan(source)
	*n = storedNumber(number.Int64)
	return err
}

// asJSON is a column that holds its field as JSON, and nothing where the field is the
// same as none.
func asJSON[T, V any](name string, of func(*T) *V, same func(was, is V) bool) column[T] {
	stored := func(v *V) any { return &storedJSON[V]{v, same} }
	return field(name, of, stored, stored, same)
}

// equal compares values that Go compares.
func equal[V comparable](was, is V) bool { return was == is }

// storedJSON writes and reads a value as JSON.
type storedJSON[V any] struct {
	value *V
	same  func(was, is V) bool
}

// Value implements driver.Valuer.
func (j *storedJSON[V]) Value() (driver.Value, error) {
	if j.same(*j.value, *new(V)) {
		return "", nil
	}
	text, err := json.Marshal(j.value)
	return string(text), err
}

// Scan implements sql.Scanner.
func (j *storedJSON[V]) Scan(source any) error {
	text, isText := source.(string)
	if !isText {
		return fmt.Errorf("JSON is stored as %T, not as text", source)
	}
	if *j.value = *new(V); text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), j.value)
}
