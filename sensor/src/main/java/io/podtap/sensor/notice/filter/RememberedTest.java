/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.filter;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A test of texts that come again and again, such as names of servers: the answers are remembered.
 * Its answer to a text never changes. One thread.
 */
public final class RememberedTest {

  private static final int TEXTS_MAX = 256;

  /** Longer ones are not remembered: together they take at most 128 KiB. */
  private static final int LENGTH_MAX = 255;

  private final Map<String, Boolean> answers = new HashMap<>();
  private final Predicate<String> test;
  private String last = "";
  private boolean lastAnswer;

  /** Asks {@code test} once about a text that is remembered. */
  public RememberedTest(Predicate<String> test) {
    this.test = test;
    lastAnswer = test.test("");
  }

  /** Returns the answer. */
  public boolean test(String text) {
    if (text.equals(last)) {
      return lastAnswer;
    }
    if (text.length() > LENGTH_MAX) {
      return test.test(text);
    }
    Boolean known = answers.get(text);
    if (known == null) {
      known = test.test(text);
      if (answers.size() >= TEXTS_MAX) {
        answers.clear();
      }
      answers.put(text, known);
    }
    last = text;
    lastAnswer = known;
    return known;
  }
}
