/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A patch, applied as RFC 6902 says, turns the one tree into the other. */
final class JsonPatchTest {

  private static final int TREES = 5_000;

  @Test
  void turnsTheOneIntoTheOther() {
    Random random = new Random(5);
    for (int i = 0; i < TREES; i++) {
      Object before = tree(random, 3);
      Object after = random.nextInt(3) == 0 ? tree(random, 3) : changed(before, random);
      List<@Nullable Object> patch = JsonPatch.of(before, after);
      assertThat(apply(patch, before)).as("%s to %s by %s", before, after, patch).isEqualTo(after);
    }
  }

  @Test
  void isEmptyForEqualTrees() {
    assertThat(JsonPatch.of(Map.of("a", List.of(1L)), Map.of("a", List.of(1L)))).isEmpty();
  }

  @Test
  void escapesKeys() {
    assertThat(JsonText.write(JsonPatch.of(Map.of(), Map.of("a/b~c", 1L))))
        .isEqualTo("[{\"op\":\"add\",\"path\":\"/a~1b~0c\",\"value\":1}]");
  }

  private static @Nullable Object tree(Random random, int depth) {
    int kind = random.nextInt(depth > 0 ? 6 : 4);
    return switch (kind) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> (long) random.nextInt(3);
      case 3 -> "t" + random.nextInt(3);
      case 4 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(random.nextBoolean() ? named(random) : tree(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put("k/" + random.nextInt(5), tree(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static Map<String, @Nullable Object> named(Random random) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    named.put("name", "n" + random.nextInt(5));
    named.put("value", (long) random.nextInt(3));
    return named;
  }

  private static @Nullable Object changed(@Nullable Object tree, Random random) {
    Object copy = Tree.copy(tree);
    if (copy instanceof List<?>) {
      List<@Nullable Object> list = Tree.list(copy);
      list.replaceAll(element -> random.nextInt(3) == 0 ? changed(element, random) : element);
      if (!list.isEmpty() && random.nextBoolean()) {
        list.remove(random.nextInt(list.size()));
      }
      list.add(random.nextInt(list.size() + 1), named(random));
    } else if (copy instanceof Map<?, ?>) {
      Map<String, @Nullable Object> map = Tree.map(copy);
      map.replaceAll((key, value) -> changed(value, random));
      map.keySet().removeIf(key -> random.nextInt(4) == 0);
      map.put("new", tree(random, 1));
    }
    return copy;
  }

  private static @Nullable Object apply(List<@Nullable Object> patch, @Nullable Object tree) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("", Tree.copy(tree));
    for (Object operation : patch) {
      String[] path = Tree.text(operation, "path").split("/", -1);
      Object here = document;
      for (int i = 0; i < path.length - 1; i++) {
        String key = unescape(path[i]);
        here =
            here instanceof List<?> list
                ? list.get(Integer.parseInt(key))
                : Tree.map(here).get(key);
      }
      apply(Tree.map(operation), here, unescape(path[path.length - 1]));
    }
    return document.get("");
  }

  private static void apply(
      Map<String, @Nullable Object> operation, @Nullable Object parent, String key) {
    Object value = Tree.copy(operation.get("value"));
    String word = Tree.text(operation, "op");
    if (parent instanceof List<?>) {
      List<@Nullable Object> list = Tree.list(parent);
      int index = Integer.parseInt(key);
      switch (word) {
        case "add" -> list.add(index, value);
        case "remove" -> list.remove(index);
        default -> list.set(index, value);
      }
      return;
    }
    assertThat(Tree.map(parent).containsKey(key)).isEqualTo(!word.equals("add"));
    if (word.equals("remove")) {
      Tree.map(parent).remove(key);
    } else {
      Tree.map(parent).put(key, value);
    }
  }

  private static String unescape(String word) {
    return word.replace("~1", "/").replace("~0", "~");
  }
}
