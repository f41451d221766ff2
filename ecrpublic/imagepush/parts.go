package imagepush

import "github.com/ecr-public/ecr-public-go/ecrpublic"

// parts provides a layer's bytes in the order in which an upload sends them. A
// source that can be read only once is verified before its end is returned.
type parts interface {
	// at returns the request that sends the part starting at a position, which is in
	// the previous part or just past it.
	at(first int64) (*ecrpublic.UploadLayerPartInput, error)
}

// parts starts to read the content. Nothing else may use the content until stop
// is called.
func (u *upload) parts(content layerContent, room *room) (p parts, stop func()) {
	if content.at != nil {
		room.shrink()
		return newRandomParts(u, content.at)
	}
	return newBufferedParts(u, content.reader, room.buffer())
}
