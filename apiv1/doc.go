// Package apiv1 is what all resources under /api/v1 have in common: who asks and
// whether they may, problem documents, how requests are read and how JSON is answered.
//
// It knows nothing of what the resources are about; the packages that serve them
// say which of their errors is which status.
package apiv1
