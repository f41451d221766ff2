package registry

import (
	"slices"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// reservedPrefix begins the keys and values that only AWS sets.
const reservedPrefix = "aws:"

func (s *Store) TagResource(in *ecrpublic.TagResourceInput) (*ecrpublic.TagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.resource(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	state := r.repositoryState
	if state.Tags, err = s.mergeTags(r.Tags, in.Tags); err != nil {
		return nil, err
	}
	if err := s.commit(change{Repository: &state}); err != nil {
		return nil, err
	}
	return &ecrpublic.TagResourceOutput{}, nil
}

// UntagResource ignores keys that are not there.
func (s *Store) UntagResource(in *ecrpublic.UntagResourceInput) (*ecrpublic.UntagResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.resource(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		if strings.HasPrefix(key, reservedPrefix) {
			return nil, reservedTag(key)
		}
	}
	state := r.repositoryState
	state.Tags = slices.DeleteFunc(slices.Clone(r.Tags), func(t types.Tag) bool { return slices.Contains(in.TagKeys, *t.Key) })
	if err := s.commit(change{Repository: &state}); err != nil {
		return nil, err
	}
	return &ecrpublic.UntagResourceOutput{}, nil
}

func (s *Store) ListTagsForResource(in *ecrpublic.ListTagsForResourceInput) (*ecrpublic.ListTagsForResourceOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.resource(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.ListTagsForResourceOutput{Tags: append([]types.Tag{}, r.Tags...)}, nil
}

// resource finds the repository of an ARN. The caller holds the lock.
func (s *Store) resource(arn string) (*repository, error) {
	registry, name, err := parseRepositoryARN(arn)
	if err != nil {
		return nil, err
	}
	return s.repository(registry, name)
}

// mergeTags adds tags to those there are, in a new list; a key that is there gets
// the new value.
func (s *Store) mergeTags(have, add []types.Tag) ([]types.Tag, error) {
	merged := slices.Clone(have)
	seen := map[string]bool{}
	for _, t := range add {
		if t.Key == nil || t.Value == nil {
			return nil, incompleteTag()
		}
		if strings.HasPrefix(*t.Key, reservedPrefix) || strings.HasPrefix(*t.Value, reservedPrefix) {
			return nil, reservedTag(*t.Key)
		}
		if seen[*t.Key] {
			return nil, duplicateTag(*t.Key)
		}
		seen[*t.Key] = true
		merged = slices.DeleteFunc(merged, func(old types.Tag) bool { return *old.Key == *t.Key })
		merged = append(merged, t)
	}
	if limit := s.Quotas().TagsPerRepository; len(merged) > limit {
		return nil, tooManyTags(limit)
	}
	return merged, nil
}
