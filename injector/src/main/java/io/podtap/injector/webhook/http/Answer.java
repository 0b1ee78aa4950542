/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

/**
 * What a client is answered.
 *
 * @param isService whether the client got what this server is for: its connection is then dropped
 *     after those of clients that did not
 */
public record Answer(int status, String type, String text, boolean isService) {

  /** Returns an answer for a person. */
  public static Answer text(int status, String text) {
    return new Answer(status, "text/plain", text + '\n', false);
  }
}
