package web

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// ComeBackElsewhere ends an event stream whose server stops: the browser connects again, to
// another server or to this one's next start, soon but not together with all others.
func ComeBackElsewhere() string {
	wait := time.Second + rand.N(2*time.Second) // #nosec G404 -- it keeps pages from meeting
	return fmt.Sprintf("retry: %d\n\n", wait.Milliseconds())
}
