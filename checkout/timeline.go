package checkout

import "time"

// TimelineEntry is a change of status with what caused it.
type TimelineEntry struct {
	Transition
	Seq          int64 // of the ledger
	At           time.Time
	Cause        string                // as the ledger names it
	Notification *TimelineNotification // nil unless one caused it
	Call         *TimelineCall         // likewise
}

// TimelineNotification is the notification that a change followed.
type TimelineNotification struct {
	ID, Type, BodySHA256 string
	ReceivedAt           time.Time
}

// TimelineCall is the call to Antom whose answer a change followed.
type TimelineCall struct {
	ID, Endpoint, Result, Code string
	Verified                   bool // the answer's signature
	At                         time.Time
}
