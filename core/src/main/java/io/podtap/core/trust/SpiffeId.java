/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.util.List;
import java.util.Optional;

/**
 * A workload's name in a certificate: {@code spiffe://DOMAIN/PATH}, without user information, port,
 * query, fragment and percent-encoding. What differs from that in one character is no such name.
 *
 * @param domain the trust domain, in lower case as it must be
 * @param path its segments
 * @see "SPIFFE-ID section 2; RFC 3986 section 3"
 */
record SpiffeId(String domain, List<String> path) {

  static final String SCHEME = "spiffe://";

  /** Bytes of a SPIFFE ID and of a trust domain (SPIFFE-ID section 2.3). */
  private static final int LENGTH_MAX = 2_048;

  private static final int DOMAIN_LENGTH_MAX = 255;
  private static final String NAMESPACE = "ns";

  SpiffeId {
    path = List.copyOf(path);
  }

  /** Reads a URI; empty when it is not such a name. */
  static Optional<SpiffeId> parse(String uri) {
    if (!uri.startsWith(SCHEME) || uri.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    String rest = uri.substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String domain = slash < 0 ? rest : rest.substring(0, slash);
    if (domain.isEmpty() || domain.length() > DOMAIN_LENGTH_MAX || !isPlain(domain, false)) {
      return Optional.empty();
    }
    if (slash < 0) {
      return Optional.of(new SpiffeId(domain, List.of()));
    }
    List<String> path = List.of(rest.substring(slash + 1).split("/", -1));
    boolean isValid = path.stream().allMatch(SpiffeId::isSegment);
    return isValid ? Optional.of(new SpiffeId(domain, path)) : Optional.empty();
  }

  private static boolean isSegment(String segment) {
    return !segment.isEmpty()
        && !segment.equals(".")
        && !segment.equals("..")
        && isPlain(segment, true);
  }

  private static boolean isPlain(String text, boolean hasUpperCase) {
    return text.chars()
        .allMatch(c ->
            (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || (hasUpperCase && c >= 'A' && c <= 'Z')
                || c == '-'
                || c == '.'
                || c == '_');
  }

  /** Returns the Kubernetes namespace of {@code /ns/NAMESPACE/...}, or an empty text. */
  String namespace() {
    return path.size() >= 2 && path.getFirst().equals(NAMESPACE) ? path.get(1) : "";
  }
}
