/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.attach;

import java.io.IOException;

/** A tap that cannot be attached, with the reason in words for a person. */
public final class AttachException extends IOException {

  private static final long serialVersionUID = 1;

  AttachException(String message) {
    super(message);
  }
}
