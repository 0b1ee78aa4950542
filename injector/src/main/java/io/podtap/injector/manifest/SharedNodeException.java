/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

/** A change would reach into a node that an alias or a merge key uses elsewhere too. */
final class SharedNodeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  SharedNodeException(String message) {
    super(message);
  }
}
