package app

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// draining is what comes between a signal to stop and the end: /readyz says so, and a load
// balancer sends new requests elsewhere.
type draining struct {
	begun chan struct{} // closed when it begins
	begin func()        // closes begun
}

func newDraining() draining {
	begun := make(chan struct{})
	return draining{begun, sync.OnceFunc(func() { close(begun) })}
}

// after begins when ctx ends, and answers with a context that ends a delay later.
func (d draining) after(ctx context.Context, delay time.Duration) context.Context {
	later, end := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		d.begin()
		time.AfterFunc(delay, end)
	})
	return later
}

// lettingGo asks clients to close their connections once it has begun, so that a proxy has
// none left that is closed under it.
func (d draining) lettingGo(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-d.begun:
			w.Header().Set("Connection", "close")
		default:
		}
		handler.ServeHTTP(w, r)
	})
}
