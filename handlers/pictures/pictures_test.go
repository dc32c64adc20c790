package pictures

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// All who want one picture wait for one fetch.
func TestManyWaitForOneFetch(t *testing.T) {
	var c cache
	asked, ready := 0, make(chan struct{})
	fetch := func(string) (Picture, error) {
		asked++
		<-ready
		return Picture{Type: "image/png", Bytes: []byte("a")}, nil
	}
	var all sync.WaitGroup
	var begun sync.WaitGroup
	for range 20 {
		begun.Add(1)
		all.Go(func() {
			begun.Done()
			if got, err := c.get(context.Background(), "a", atNoon, fetch); err != nil || string(got.Bytes) != "a" {
				t.Errorf("%v %v", got, err)
			}
		})
	}
	begun.Wait()
	close(ready)
	all.Wait()
	if asked != 1 {
		t.Errorf("there are %d fetches", asked)
	}
}

// A failure is asked about again after a minute, a picture after an hour.
func TestHowLongAnswersAreKept(t *testing.T) {
	for _, kind := range []struct {
		err  error
		kept time.Duration
	}{{nil, time.Hour}, {errors.New("away"), time.Minute}} {
		var c cache
		asked, now := 0, noon
		get := func() {
			_, _ = c.get(context.Background(), "a", func() time.Time { return now }, func(string) (Picture, error) {
				asked++
				return Picture{}, kind.err
			})
		}
		get()
		now = noon.Add(kind.kept)
		get()
		if asked != 1 {
			t.Errorf("%v is not kept for %v", kind.err, kind.kept)
		}
		now = now.Add(time.Second)
		get()
		if asked != 2 {
			t.Errorf("%v is kept for longer than %v", kind.err, kind.kept)
		}
	}
}

// The oldest answers go when there are too many bytes or too many answers.
func TestTheCacheIsSmall(t *testing.T) {
	for name, size := range map[string]int{"bytes": 1 << 20, "answers": 0} {
		var c cache
		for i := range 2 * mostAnswers {
			_, err := c.get(context.Background(), fmt.Sprint(i), atNoon, func(string) (Picture, error) { return Picture{Bytes: make([]byte, size)}, nil })
			if err != nil {
				t.Fatal(err)
			}
			if c.bytes > mostBytes || len(c.order) > mostAnswers || len(c.by) != len(c.order) {
				t.Fatalf("%s: there are %d bytes, %d answers and %d addresses", name, c.bytes, len(c.order), len(c.by))
			}
		}
		if want := map[string]int{"bytes": mostBytes >> 20, "answers": mostAnswers}[name]; len(c.by) != want {
			t.Errorf("%s: %d answers are kept, want %d", name, len(c.by), want)
		}
	}
}
