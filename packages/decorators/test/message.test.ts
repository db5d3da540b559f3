import { ConfigurationError } from '@ndomain/core';
import { message, messageMap, messageNameOf } from '@ndomain/decorators';
import { describe, expect, it } from 'vitest';

describe('@message', () => {
  it('gives a class a name of its own, which a subclass does not have', () => {
    @message('OrderPlaced')
    class Named {}
    class Derived extends Named {}
    @message()
    class CancelOrder {}

    expect(messageNameOf(Named)).toBe('OrderPlaced');
    expect(messageNameOf(Derived)).toBeUndefined();
    expect(messageNameOf(CancelOrder)).toBe('CancelOrder');
  });

  it('refuses a class without any name', () => {
    expect(() => message()(class {})).toThrow("an unnamed class: has no name. Give it one: @message('PlaceOrder')");
  });
});

describe('messageMap', () => {
  it('is the map of the classes by their names as messages', () => {
    @message('A')
    class First {}
    @message('B')
    class Second {}

    expect(messageMap(First, Second, First)).toEqual({ A: First, B: Second });
  });

  it('refuses a class without @message, and two of one name', () => {
    class Plain {}
    @message('A')
    class First {}
    @message('A')
    class Second {}

    expect(() => messageMap(Plain)).toThrow(ConfigurationError);
    expect(() => messageMap(Plain)).toThrow("Plain: is no message yet. Name it: @message('Plain') class Plain { … }");
    expect(() => messageMap(First, Second)).toThrow('First and Second are both named "A"');
  });
});
