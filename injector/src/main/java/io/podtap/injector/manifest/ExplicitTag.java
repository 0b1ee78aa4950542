/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Scalars with a tag, as {@code !!int "7"}. A tag of another program leaves a value the text that
 * it is.
 *
 * @see "YAML 1.2.2 section 10; sigs.k8s.io/yaml/goyaml.v2, decode.go"
 */
final class ExplicitTag {

  private static final String CORE = "tag:yaml.org,2002:";

  private ExplicitTag() {}

  /** Returns whether a text is a value of that tag. */
  static boolean isFitting(String tag, String text) {
    Object plain = PlainScalar.value(text);
    return switch (tag) {
      case CORE + "null" -> plain == null;
      case CORE + "bool" -> plain instanceof Boolean;
      case CORE + "int" -> plain instanceof Long;
      case CORE + "float" -> plain instanceof Number;
      case CORE + "binary" -> isBase64(text);
      case CORE + "map", CORE + "seq" -> false;
      default -> true;
    };
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getMimeDecoder().decode(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns what a fitting text means. */
  static @Nullable Object value(String tag, String text) {
    return switch (tag) {
      case CORE + "null", CORE + "bool", CORE + "int", CORE + "float" -> PlainScalar.value(text);
      case CORE + "binary" ->
          new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
      default -> text; // !!str, !, and tags of other programs
    };
  }
}
