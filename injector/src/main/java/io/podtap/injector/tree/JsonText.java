package io.podtap.injector.tree;

import java.io.InputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  }

  /** Reads one value, UTF-8; what follows it is not looked at. */
  public static @Nullable Object read(InputStream in) throws MalformedException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in)) {
      parser.nextToken();
      return value(parser);
    } catch (JacksonException e) {
      throw new MalformedException(e);
    }
  }

  /** Reads one value. */
  public static @Nullable Object read(String text) throws MalformedException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      return value(parser);
    } catch (JacksonException e) {
      throw new MalformedException(e);
    }
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          map.put(key, value(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_STRING -> parser.getString();
      case null, default -> null;
    };
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
