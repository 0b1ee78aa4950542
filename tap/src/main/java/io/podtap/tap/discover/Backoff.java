package io.podtap.tap.discover;

import java.util.SplittableRandom;

/** How long to wait before the next attempt: twice as long each time, with jitter. One thread. */
final class Backoff {

  private static final long FIRST_MS = 100;

  /** Where asking costs little: after an outage, taps are to come back within two seconds. */
  private static final long NETWORK_MS_MAX = 1_500;

  /** Where a person or a server under load has to do something first. */
  private static final long REFUSED_MS_MAX = 15_000;

  private static final int DOUBLINGS_MAX = 10;

  private final SplittableRandom random;
  private int attempts;

  Backoff(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Begins anew: something has worked. */
  void reset() {
    attempts = 0;
  }

  /** Returns the time until the next attempt after a failure, in milliseconds. */
  long nextMs(DiscoveryException failure) {
    long longest =
        switch (failure.failure()) {
          case UNREACHABLE, TIMEOUT, MALFORMED, EXPIRED -> NETWORK_MS_MAX;
          default -> REFUSED_MS_MAX;
        };
    long wait = Math.min(FIRST_MS << Math.min(attempts++, DOUBLINGS_MAX), longest);
    wait = Math.max(wait, Math.min(failure.retryAfterSeconds(), 60) * 1_000L);
    return wait / 2 + random.nextLong(wait / 2 + 1);
  }

  /** Returns a number around {@code middle}, a quarter more or less. */
  long around(long middle) {
    return middle - middle / 4 + random.nextLong(middle / 2 + 1);
  }
}
