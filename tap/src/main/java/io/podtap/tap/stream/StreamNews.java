/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.config.Endpoint;
import io.podtap.core.text.PlainText;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Says when a stream has a connection and why it has none: another reason after ten seconds at
 * least, the same one every five minutes. One thread.
 */
final class StreamNews {

  /** Texts may differ from one attempt to the next, by the time in them. */
  private static final long BETWEEN_NS = TimeUnit.SECONDS.toNanos(10);

  private static final long AGAIN_NS = TimeUnit.MINUTES.toNanos(5);

  /** Of a reason: it may quote what a peer's certificate says. */
  private static final int CHARACTERS_MAX = 600;

  private final String prefix;
  private final Consumer<String> log;
  private String said = "";
  private long saidNs;
  private boolean isConnectionNews = true;

  StreamNews(Endpoint sensor, Consumer<String> log) {
    prefix = "podtap: stream to " + sensor + ": ";
    this.log = log;
  }

  void connected() {
    if (isConnectionNews) {
      isConnectionNews = false;
      log.accept(prefix + "connected");
    }
  }

  void problem(String text) {
    long silence = System.nanoTime() - saidNs;
    if (said.isEmpty() || silence > (text.equals(said) ? AGAIN_NS : BETWEEN_NS)) {
      said = text;
      saidNs = System.nanoTime();
      isConnectionNews = true;
      log.accept(prefix + PlainText.of(text, CHARACTERS_MAX));
    }
  }
}
