package io.podtap.injector.testing;

import java.nio.charset.StandardCharsets;

/**
 * What one run of {@code podtap inject} or {@code uninject} wrote.
 *
 * @param said standard error
 */
public record Rewriting(byte[] bytes, String said, int exitCode) {

  /** Returns standard output as UTF-8. */
  public String out() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
