/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.injector.tree.JsonText;
import java.io.InputStream;
import java.util.Optional;

/**
 * The uid of a review that is too large to be read as a tree: where it stands is known, and all
 * else is passed over.
 */
final class ReviewHead {

  /** Longer is none of an API server, which writes a UUID. */
  private static final int UID_LENGTH_MAX = 128;

  private ReviewHead() {}

  /**
   * Returns the text at {@code request.uid}, or nothing when it is not there, or not in what was
   * kept of the review.
   */
  static Optional<String> uid(InputStream review) {
    return JsonText.find(review, "request", "uid").filter(uid -> uid.length() <= UID_LENGTH_MAX);
  }
}
