package db

// webhooks is the part of the Store that keeps events, endpoints and deliveries.
type webhooks struct{ store *Store }
