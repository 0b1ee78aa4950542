package io.podtap.tap.discover;

/** The sensors could not be asked for: cause and one line for a person. */
final class DiscoveryException extends Exception {

  private static final long serialVersionUID = 1;

  private final DiscoveryFailure failure;
  private final int retryAfterSeconds;

  DiscoveryException(DiscoveryFailure failure, String message) {
    this(failure, message, 0);
  }

  /**
   * @param retryAfterSeconds what the server asked for, 0 for nothing
   */
  DiscoveryException(DiscoveryFailure failure, String message, int retryAfterSeconds) {
    super(message);
    this.failure = failure;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  DiscoveryFailure failure() {
    return failure;
  }

  int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  String line() {
    return String.valueOf(getMessage());
  }
}
