package io.medallion.common.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.medallion.common.contract.JsonPath;
import io.medallion.common.contract.JsonPath.Choice;
import io.medallion.common.event.FieldBindings.InArray;
import io.medallion.common.event.RawFields.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes columns' values out of arrays that were read to their end and found to be right. */
final class ArrayElements {
  private final JsonFactory factory;
  private final RawFields fields;
  private final Reasons reasons;
  private byte[] json;

  /** A value that is no array and no object, or the JSON of one. */
  private record Leaf(Kind kind, String text) {}

  /**
   * An array or object.
   *
   * @param members of an object, by name; null for an array
   * @param elements of an array; null for an object
   * @param twice the names that an object has more than once
   */
  private record Tree(
      Map<String, Object> members, List<Object> elements, List<String> twice, int from, int until) {
    Object member(String name) {
      return members == null ? null : members.get(name);
    }
  }

  ArrayElements(JsonFactory factory, RawFields fields, Reasons reasons) {
    this.factory = factory;
    this.fields = fields;
    this.reasons = reasons;
  }

  /**
   * Takes what is wanted of an array.
   *
   * @param bytes of the event, in UTF-8
   * @param from where the array begins
   * @param until behind its end
   */
  void take(List<InArray> wanted, byte[] bytes, int from, int until) {
    json = bytes;
    Object array;
    try (JsonParser parser = factory.createParser(bytes, from, until - from)) {
      parser.nextToken();
      array = tree(parser, from);
    } catch (IOException e) {
      throw new IllegalStateException("what was JSON is none", e);
    }
    for (InArray one : wanted) {
      Object found = at(array, one.path(), one.from());
      if (found instanceof Leaf leaf) {
        fields.put(one.binding(), leaf.kind(), leaf.text());
      } else if (found instanceof Tree tree) {
        fields.put(one.binding(), Kind.STRUCTURE, text(tree));
      }
    }
    json = null;
  }

  private String text(Tree tree) {
    return new String(json, tree.from(), tree.until() - tree.from(), StandardCharsets.UTF_8);
  }

  /** Null is absent, as everywhere. */
  private static Object tree(JsonParser parser, int offset) throws IOException {
    int from = offset + (int) parser.currentTokenLocation().getByteOffset();
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> new Leaf(Kind.STRING, parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> new Leaf(Kind.BOOLEAN, parser.getText());
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(tree(parser, offset));
        }
        yield new Tree(null, elements, List.of(), from, end(parser, offset));
      }
      case START_OBJECT -> {
        Map<String, Object> members = new LinkedHashMap<>();
        List<String> twice = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          boolean known = members.containsKey(name);
          Object value = tree(parser, offset);
          if (known) {
            twice.add(name);
          } else {
            members.put(name, value);
          }
        }
        yield new Tree(members, null, twice, from, end(parser, offset));
      }
      default -> new Leaf(Kind.NUMBER, parser.getText());
    };
  }

  private static int end(JsonParser parser, int offset) {
    return offset + (int) parser.currentLocation().getByteOffset();
  }

  /** Follows a path from an array that is the value of its name at some level; null if it ends. */
  private Object at(Object array, JsonPath path, int level) {
    Object value = array;
    for (int i = level; i < path.names().size(); i++) {
      if (i > level) {
        value = member(value, path.names().get(i));
      }
      for (Choice choice : path.choices().get(i)) {
        value = element(value, choice);
      }
    }
    return value;
  }

  private Object member(Object value, String name) {
    if (!(value instanceof Tree tree)) {
      return null;
    }
    if (tree.twice().contains(name)) {
      reasons.add(ReasonCode.DUPLICATE_KEY, name, "the name stands twice; which value is meant?");
    }
    return tree.member(name);
  }

  private static Object element(Object value, Choice choice) {
    if (!(value instanceof Tree tree) || tree.elements() == null) {
      return null;
    }
    if (choice.name() == null) {
      return choice.index() < tree.elements().size() ? tree.elements().get(choice.index()) : null;
    }
    for (Object element : tree.elements()) {
      if (element instanceof Tree object
          && object.member(choice.name()) instanceof Leaf leaf
          && leaf.text().equals(choice.value())) {
        return element;
      }
    }
    return null;
  }
}
