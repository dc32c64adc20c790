package sandbox

// The former names of what callers outside this package still use. New code uses
// the names on the right.
type (
	// Notice is the former name of Notification.
	Notice = Notification
	// NoticeState is the former name of NotificationState.
	NoticeState = NotificationState
)

// Former names of states and kinds.
const (
	NoticeWaiting      = NotificationWaiting
	NoticeUnderWay     = NotificationUnderWay
	NoticeAcknowledged = NotificationAcknowledged
	NoticeGivenUp      = NotificationGivenUp

	DelayNotice         = DelayNotification
	UnsignedNotice      = UnsignedNotification
	WrongAmountNotice   = WrongAmountNotification
	WrongCurrencyNotice = WrongCurrencyNotification
)

// Notices is the former name of Notifications.
func (c *Control) Notices() []Notification { return c.Notifications() }
