package imagepush

import "github.com/ecr-public/ecr-public-go/ecrpublic"

// parts are a layer's bytes as an upload sends them. The end of a layer comes only
// if all of it is what it should be.
type parts interface {
	// at returns the request that sends the part that starts at a position, which is
	// behind the part before or in it.
	at(first int64) (*ecrpublic.UploadLayerPartInput, error)
}

// parts starts to read the content. Nobody else may use it until stop is called.
func (u *upload) parts(content layerContent, room *room) (p parts, stop func()) {
	if content.at != nil {
		room.shrink()
		return newRandomParts(u, content.at)
	}
	return newBufferedParts(u, content.reader, room.buffer())
}
