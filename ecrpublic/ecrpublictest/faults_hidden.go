package ecrpublictest

import "sync"

// hiddenRepositories holds repositories that reads do not see yet.
type hiddenRepositories struct {
	account string

	mu    sync.Mutex
	reads map[string]int // by repository, how many do not see it
}

func (h *hiddenRepositories) add(name string, reads int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads[name] = reads
}

func (h *hiddenRepositories) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.reads)
}

// read counts a read of a repository and reports whether it is hidden from it.
func (h *hiddenRepositories) read(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reads[name] <= 0 {
		return false
	}
	h.reads[name]--
	return true
}
