package merchant

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// longestIdempotencyKey is in bytes, as that of an operator's key.
const longestIdempotencyKey = 128

// IsIdempotencyKey reports whether a program may use the text as a key: 1 to 128 printable
// ASCII characters. It is stored, so it must be no card number.
func IsIdempotencyKey(text string) bool {
	if text == "" || len(text) > longestIdempotencyKey || checkout.IDHoldsCardNumber(text) {
		return false
	}
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// Work is what a request orders. isResult is false for an answer that may be another one
// when the request comes again.
type Work func(context.Context) (answer checkout.APIAnswer, isResult bool)

// Once does the work of a request once under its idempotency key: the request is claimed,
// its work done, its answer kept. The same request again is answered the same, and replayed
// is true. Work that says that its answer is no result, because of a failure or of
// something that is still awaited, leaves the key free for the same request, and so does a
// process that dies: the work has to be idempotent under the key by itself. It goes on when
// the program has left. Errors: CodeRequestKeyReused; CodeRequestKeyInUse while the first request is worked on.
func (s *base) Once(ctx context.Context, request checkout.APIRequest, work Work) (answer checkout.APIAnswer, replayed bool, err error) {
	request.CreatedAt = s.cfg.Now().Truncate(time.Millisecond)
	request.ClaimedUntil = request.CreatedAt.Add(checkout.ClaimTime)
	stored, claimed, err := s.store.ClaimAPIRequest(ctx, request)
	switch {
	case err != nil:
		return answer, false, err
	case claimed:
		answer, err = s.answer(context.WithoutCancel(ctx), stored, work)
		return answer, false, err
	case stored.Hash != request.Hash:
		return answer, false, &checkout.Error{Code: checkout.CodeRequestKeyReused}
	case stored.Answer.Status == 0:
		return answer, false, &checkout.Error{Code: checkout.CodeRequestKeyInUse}
	}
	return stored.Answer, true, nil
}

// answer does the work of a claim and keeps its answer.
func (s *base) answer(ctx context.Context, claim checkout.APIRequest, work Work) (answer checkout.APIAnswer, err error) {
	kept := false
	defer func() {
		if !kept { // also after a panic
			_ = s.store.ReleaseAPIRequest(ctx, claim) // it is released when its time is over
		}
	}()
	bounded, cancel := context.WithTimeout(ctx, checkout.ClaimTime)
	defer cancel()
	answer, isResult := work(bounded)
	if !isResult {
		return answer, nil
	}
	err = s.store.AnswerAPIRequest(ctx, claim, answer)
	kept = err == nil
	return answer, err
}

// forgottenAtOnce is how many requests are removed in one transaction.
const forgottenAtOnce = 500

// Forget removes the answers of requests whose time is over.
func (s *base) Forget(ctx context.Context) error {
	for {
		n, err := s.store.ForgetAPIRequests(ctx, s.cfg.Now().Add(-checkout.KeptAnswers), forgottenAtOnce)
		if err != nil || n < forgottenAtOnce {
			return err
		}
	}
}
