package checkout

// Names of the attributes of log lines. One thing has one name in every package
// that writes about it, so that one search follows a payment through the log. They
// stand here because every package that does imports this one.
const (
	LogRequest      = "request" // the id of the HTTP request, of the error page and of the X-Request-Id header
	LogOrder        = "order"   // an order's id
	LogPayment      = "payment" // a payment_request_id
	LogMethod       = "method"  // Antom's code of a way to pay
	LogFrom         = "from"    // the status before
	LogTo           = "to"      // the status after
	LogCode         = "code"    // Antom's result code
	LogCause        = "cause"
	LogOperation    = "op"      // an endpoint of Antom
	LogResult       = "result"  // S, F or U
	LogAttempt      = "attempt" // 1 for the first try
	LogMilliseconds = "ms"
	LogError        = "error"
)
