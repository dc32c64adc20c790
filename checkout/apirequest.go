package checkout

import "time"

// APIRequest is a request of the merchant API under an idempotency key: claimed before its
// work begins, answered after it.
type APIRequest struct {
	APIKey       string // id of the key of the program that sent it
	Key          string // the idempotency key
	Hash         string // of what was requested
	ClaimedUntil time.Time
	Answer       APIAnswer
	CreatedAt    time.Time
}

// APIAnswer is what a request was answered with.
type APIAnswer struct {
	Status int // zero until there is an answer
	Body   []byte
	About  string // id of what the answer shows: an erased order takes its answers with it
}

// ClaimTime is for how long a claim keeps others from the same work.
const ClaimTime = time.Minute

// KeptAnswers is for how long an answer is repeated.
const KeptAnswers = 30 * 24 * time.Hour

// Abandoned reports whether the process that claimed the request is dead, so that another
// one may do its work again. A claim that ends later than the rules can have made it was
// made before the clock went back.
func (r *APIRequest) Abandoned(now time.Time) bool {
	return r.Answer.Status == 0 && (!now.Before(r.ClaimedUntil) || r.ClaimedUntil.Sub(now) > ClaimTime+ClockSkew)
}
