module hydrogen/queueclients

go 1.24.0

// The client has no published version; a commit is one to `go -mod=mod`, which writes what it stands for into its go.mod. So
// run.py builds a copy of this folder.
require github.com/smartpricing/queen/client-go 1558b38e5de2df9be088d146a2b7bd5ed33f7310
