package checkout

import "log/slog"

// Names of the attributes of log lines. One thing has one name in every package
// that writes about it, so that one search follows a payment through the log. They
// are declared here because every package that writes one imports this package.
const (
	LogRequest      = "request"   // the id of the HTTP request, of the error page and of the X-Request-Id header
	LogOrder        = "order"     // an order's id
	LogNumber       = "number"    // what buyer and merchant call that order
	LogPayment      = "payment"   // a payment_request_id
	LogOperation    = "operation" // the id of a capture, refund or cancel
	LogMethod       = "method"    // Antom's code of a way to pay
	LogMode         = "mode"      // how the attempt reaches Antom: sdk or api
	LogAmount       = "amount"    // currency and minor units
	LogFrom         = "from"      // the status before
	LogTo           = "to"        // the status after
	LogCode         = "code"      // Antom's result code
	LogReview       = "review"    // why an order is under review
	LogCause        = "cause"     // the cause that the ledger names
	LogType         = "type"      // Antom's notifyType
	LogApplied      = "applied"   // false: a notification that contradicts, or is about nothing known
	LogEffect       = "effect"    // an effect's topic in the outbox
	LogEndpoint     = "op"        // an endpoint of Antom
	LogResult       = "result"    // S, F, U, or none without an answer to be trusted
	LogAttempt      = "attempt"   // 1 for the first try
	LogMilliseconds = "ms"
	LogCure         = "cure"   // what the operator does about a code
	LogMatter       = "matter" // what waits for a person
	LogAhead        = "ahead_seconds"
	LogRefuses      = "antom_refuses" // codes that Antom refuses the shop with now
	LogLimit        = "limit"         // what has reached a limit
	LogCard         = "card"          // the id of a saved card
	LogCountry      = "country"
	LogTerminal     = "terminal" // what a buyer pays on
	LogEvent        = "event"    // the id of an event for the merchant's systems
	LogWebhook      = "endpoint" // the id of a webhook endpoint
	LogStatus       = "status"   // of an HTTP answer
	LogError        = "error"
	LogSuppressed   = "suppressed" // how many lines of the same kind were left out, or are of level INFO
)

// PlacedAttributes are those of the line about an order's first transition.
func PlacedAttributes(o Order, cause Cause) []slog.Attr {
	return []slog.Attr{
		slog.String(LogOrder, o.ID), slog.String(LogNumber, o.Number), slog.String(LogAmount, o.Total.String()),
		slog.String(LogFrom, ""), slog.String(LogTo, string(o.Status)), slog.String(LogCause, cause.String()),
	}
}
