/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.tree;

import java.io.InputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Trees from and to JSON. */
public final class JsonText {

  /** Kubernetes' objects are a few levels deep; a thousand is an attack on the stack. */
  private static final int DEPTH_MAX = 200;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonText() {}

  /** The text is no JSON, or is deeper than anything of Kubernetes. */
  public static final class MalformedException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedException(JacksonException cause) {
      super(cause.getOriginalMessage(), cause);
    }

    MalformedException(String message, RuntimeException cause) {
      super(message, cause);
    }
  }

  /** The tree would take more memory than its reader allows. */
  public static final class TooLargeException extends Exception {

    private static final long serialVersionUID = 1;

    TooLargeException() {
      super("the tree is larger than its reader allows", null, false, false);
    }
  }

  /** Says how much memory a tree may take while it is read. */
  @FunctionalInterface
  public interface Allowance {

    /**
     * Takes memory for a part of the tree.
     *
     * @param bytes estimated, with what a copy of the tree takes
     * @return false when there is no more
     */
    boolean take(long bytes);
  }

  // Estimates for a 64-bit virtual machine with compressed pointers: containers twice, since what
  // changes a tree copies them, and shares texts and numbers with the first.
  private static final long MAP_BYTES = 2 * 140;
  private static final long ENTRY_BYTES = 2 * 44;
  private static final long LIST_BYTES = 2 * 80;
  private static final long ELEMENT_BYTES = 2 * 6;
  private static final long TEXT_BYTES = 56;
  private static final long NUMBER_BYTES = 48;

  /** Reads one value, UTF-8; what follows it is not looked at. */
  public static @Nullable Object read(InputStream in) throws MalformedException {
    try {
      return read(in, _ -> true);
    } catch (TooLargeException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * As {@link #read(InputStream)}, within bounds.
   *
   * @throws TooLargeException when the allowance is used up; what was taken is not given back
   */
  public static @Nullable Object read(InputStream in, Allowance allowance)
      throws MalformedException, TooLargeException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in)) {
      return first(parser, allowance);
    } catch (JacksonException e) {
      throw new MalformedException(e);
    }
  }

  /** Reads one value. */
  public static @Nullable Object read(String text) throws MalformedException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return first(parser, _ -> true);
    } catch (JacksonException e) {
      throw new MalformedException(e);
    } catch (TooLargeException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns the text at the end of a path of keys, and keeps nothing else in memory; nothing when
   * it is not there, or the input ends or is malformed before that.
   */
  public static Optional<String> find(InputStream in, String... keys) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in)) {
      parser.nextToken();
      return find(parser, keys);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> find(JsonParser parser, String... keys) {
    int depth = 0;
    while (parser.currentToken() == JsonToken.START_OBJECT && depth < keys.length) {
      while (parser.nextToken() == JsonToken.PROPERTY_NAME
          && !parser.currentName().equals(keys[depth])) {
        parser.nextToken();
        parser.skipChildren();
      }
      if (parser.currentToken() != JsonToken.PROPERTY_NAME) {
        return Optional.empty();
      }
      parser.nextToken();
      depth++;
    }
    return depth == keys.length && parser.currentToken() == JsonToken.VALUE_STRING
        ? Optional.of(parser.getString())
        : Optional.empty();
  }

  private static @Nullable Object first(JsonParser parser, Allowance allowance)
      throws MalformedException, TooLargeException {
    try {
      parser.nextToken();
      return value(parser, allowance);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new MalformedException("a number is out of range", e);
    }
  }

  private static @Nullable Object value(JsonParser parser, Allowance allowance)
      throws TooLargeException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        take(allowance, MAP_BYTES);
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          take(allowance, ENTRY_BYTES + TEXT_BYTES + 2L * key.length());
          parser.nextToken();
          map.put(key, value(parser, allowance));
        }
        yield map;
      }
      case START_ARRAY -> {
        take(allowance, LIST_BYTES);
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          take(allowance, ELEMENT_BYTES);
          list.add(value(parser, allowance));
        }
        yield list;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> {
        take(allowance, NUMBER_BYTES + parser.getStringLength());
        yield integer(parser.getBigIntegerValue());
      }
      case VALUE_NUMBER_FLOAT -> {
        take(allowance, NUMBER_BYTES + parser.getStringLength());
        yield parser.getDecimalValue();
      }
      case VALUE_STRING -> {
        take(allowance, TEXT_BYTES + 2L * parser.getStringLength());
        yield parser.getString();
      }
      case null, default -> null;
    };
  }

  private static void take(Allowance allowance, long bytes) throws TooLargeException {
    if (!allowance.take(bytes)) {
      throw new TooLargeException();
    }
  }

  private static Number integer(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
  }

  /** Returns the value as one line of JSON. */
  public static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      write(generator, value);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) {
    switch (value) {
      case null -> generator.writeNull();
      case Map<?, ?> _ -> {
        generator.writeStartObject();
        Tree.map(value)
            .forEach((key, element) -> {
              generator.writeName(key);
              write(generator, element);
            });
        generator.writeEndObject();
      }
      case List<?> _ -> {
        generator.writeStartArray();
        Tree.list(value).forEach(element -> write(generator, element));
        generator.writeEndArray();
      }
      case Boolean truth -> generator.writeBoolean(truth);
      case Number number -> generator.writeRawValue(number.toString());
      default -> generator.writeString(value.toString());
    }
  }
}
