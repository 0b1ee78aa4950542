/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Damages trees of maps, lists and scalars for fuzz tests: members are of other types, missing,
 * null, repeated or moved. The same seed makes the same damage.
 */
public final class TreeMutations {

  /** Of a hundred nodes so many are replaced. */
  private static final int REPLACED_PERCENT = 3;

  private static final List<Object> ODD =
      List.of(
          "",
          " ",
          "null",
          "podtap",
          "\u0000\n",
          -1,
          0,
          1L << 62,
          1e300,
          true,
          List.of(),
          Map.of(),
          List.of(List.of()),
          Map.of("name", 7),
          List.of(Map.of()),
          "x".repeat(300));

  private final Random random;

  /** Makes the damage of {@code seed}. */
  public TreeMutations(long seed) {
    random = new Random(seed);
  }

  /** Returns a damaged copy of a tree, which stays as it is. */
  public @Nullable Object of(@Nullable Object tree) {
    if (random.nextInt(100) < REPLACED_PERCENT) {
      return random.nextInt(ODD.size() + 1) == 0 ? null : ODD.get(random.nextInt(ODD.size()));
    }
    if (tree instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> {
        if (random.nextInt(100) >= REPLACED_PERCENT) {
          copy.put(String.valueOf(key), of(value));
        }
      });
      return copy;
    }
    if (tree instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object one : list) {
        copy.add(of(one));
        if (random.nextInt(100) < REPLACED_PERCENT) {
          copy.add(of(one));
        }
      }
      return copy;
    }
    return tree;
  }
}
