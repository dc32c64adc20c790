package antom

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// silent is a network on which no answer ever comes.
func silent(tries *int) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		*tries++
		<-r.Context().Done()
		return nil, r.Context().Err()
	})}
}

func TestASlowAnswerTimesOutAndIsRequestedAgain(t *testing.T) {
	cfg := config(t)
	synctest.Test(t, func(t *testing.T) {
		var tries int
		c := newClient(t, cfg, WithHTTPClient(silent(&tries)))
		start := time.Now()
		_, err := c.InquiryPayment(t.Context(), inquiry())
		e := wantError(t, err)
		if !e.Unknown() || e.HTTPStatus != 0 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %+v", e)
		}
		// Three times ten seconds, and two pauses of up to 0.2 and 0.4 seconds.
		took := time.Since(start)
		if tries != 3 || took < 30*time.Second+300*time.Millisecond || took > 30*time.Second+600*time.Millisecond {
			t.Errorf("%d tries took %v", tries, took)
		}
	})
}

func TestACallEndsWithItsContext(t *testing.T) {
	cfg := config(t)
	synctest.Test(t, func(t *testing.T) {
		var tries int
		c := newClient(t, cfg, WithHTTPClient(silent(&tries)))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.InquiryPayment(ctx, inquiry())
		if !wantError(t, err).Unknown() || tries != 1 || time.Since(start) != 3*time.Second {
			t.Errorf("%d tries took %v: %v", tries, time.Since(start), err)
		}
	})
}

func TestAPauseEndsWithItsContext(t *testing.T) {
	cfg := config(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		refused := errors.New("connection refused")
		c := newClient(t, cfg, WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			time.AfterFunc(50*time.Millisecond, cancel) // within the first pause
			return nil, refused
		})}))
		start := time.Now()
		_, err := c.InquiryPayment(ctx, inquiry())
		if !wantError(t, err).Unknown() || !errors.Is(err, refused) || time.Since(start) != 50*time.Millisecond {
			t.Errorf("took %v: %v", time.Since(start), err)
		}
	})
}

func TestPausesGrowAndAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for attempt, longest := range map[int]time.Duration{
			1: 200 * time.Millisecond, 2: 400 * time.Millisecond, 3: 800 * time.Millisecond, 6: 5 * time.Second, 1000: 5 * time.Second,
		} {
			start := time.Now()
			if err := backoff(t.Context(), attempt); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took < longest/2 || took > longest {
				t.Errorf("the pause after attempt %d took %v", attempt, took)
			}
		}
	})
}
