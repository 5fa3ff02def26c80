"""Sentence templates of briefs: {slots} are filled in, [parts] are dropped if a slot is empty.

The templates of the split "test" are never used in training. Slots: product, pattern, colours,
gradient, material, functions, mood.
"""

# ruff: noqa: E501

__all__ = ["FRAMES"]

_EN_TRAIN = """
{pattern}[ in {colours}][, {gradient}]
{pattern}[, {colours}][, {gradient}][, {mood}]
{colours} {pattern}[, {gradient}]
{colours} {pattern}[ with a {gradient}][ on a {product}]
{pattern}
{pattern}[ on a {product}]
a {product} with {pattern}[ in {colours}][, {gradient}][; {material}][; {functions}]
a {product}: {material}; {pattern}[ in {colours}][, {gradient}][; {functions}]
{product}: {material}; {pattern}[, {colours}][, {gradient}][; {functions}]
{product}. Material: {material}; pattern: {pattern}[, {gradient}][; colours: {colours}][; functions: {functions}]
[Product: {product}. ]Pattern: {pattern}.[ Colours: {colours}.][ Gradient: {gradient}.][ Mood: {mood}.][ Material: {material}.]
[Material: {material}. ]Colours: {colours}. [Pattern: {pattern}. ][Functions: {functions}.]
Please design a {product} with {pattern}[ in {colours}][ and a {gradient}].[ It should be {functions}.]
I would like {pattern}[ in {colours}][ with a {gradient}] for my {product}.
I want a {mood} {product} with {pattern}[ in {colours}].
Make me {pattern}[, {colours}][, {gradient}].
Draw {pattern}[ using {colours}][ and a {gradient}].
Create {pattern} in {colours}[ for a {product}].
We need a {product}[ made of {material}], {pattern}[, {colours}][, {functions}].
{mood} {pattern}[ in {colours}][, {gradient}]
{mood}, {pattern}[, {colours}]
something {mood} with {pattern}[ and a {gradient}]
{mood} mood[, {gradient}][, {colours}], {pattern}
{colours}[, {pattern}][, {gradient}]
{colours}, {pattern}[, {mood}]
mostly {colours}[, {gradient}][; {pattern}]
{colours}
{colours}[, {gradient}]
a palette of {colours}[, {mood}][, {gradient}]
Can you give me a {product} in {colours}[ with {pattern}]?
{gradient}, {pattern}[ in {colours}]
{gradient} of {colours}[, {pattern}]
a {gradient} in {colours}[ behind {pattern}]
{pattern}; {gradient}; {colours}
{pattern} / {colours}[ / {gradient}][ / {mood}]
{product} - {pattern} - {colours}[ - {gradient}][ - {material}]
{product}, {material}, {pattern}[, {colours}][, {functions}]
{pattern} for a {product}[, {functions}][, {mood}]
A {product} in {material}, {functions}. The surface shows {pattern}[ in {colours}][ with a {gradient}].
The pattern should be {pattern}[, coloured {colours}][, with a {gradient}][; overall {mood}].
My idea: {pattern}[, in {colours}][, {mood}]. [The {product} must be {functions}.]
a seamless tile of {pattern}[ in {colours}][, {gradient}]
repeating {pattern}[ on a {product}][ in {colours}]
a {functions} {product} with {pattern}[, {colours}]
{mood} {product}[, {pattern}]
a {mood} design[, {gradient}][, {material}]
Design a {product}: {mood}[, {gradient}][, {functions}].
Hello, could you make {pattern}[ in {colours}][ with {gradient}]? Thanks
{pattern}, please[, {colours}][; {gradient}]
"""

_EN_TEST = """
Our customer asked for {pattern}[ in {colours}][, and a {gradient}][; the {product} has to be {functions}].
{colours} as the palette[, {pattern} as the motif][ and a {gradient}]
Brief - {product}[; {material}]: {pattern}[; {colours}][; {gradient}]
Let the surface carry {pattern}[, rendered in {colours}][ with a {gradient}].
With {colours}[ and a {gradient}], show {pattern}[ on a {product}].
Think {mood}: {pattern}[, {gradient}]
{functions} {product}, {material}; {pattern}[; {colours}]
wanted: {pattern}[ ({colours})][, {gradient}]
the look is {mood}[, {gradient}][, with {pattern}]
For a {product}, {pattern}[ in {colours}][ please]
"""

_ZH_TRAIN = """
{colours}{pattern}[，{gradient}]
{colours}的{pattern}[，{gradient}]
{pattern}[，{colours}][，{gradient}]
{pattern}图案[，{colours}][，{gradient}]
{pattern}
{product}，{pattern}[，{colours}][，{gradient}][，{functions}]
{product}。材质：{material}；图案：{pattern}[，{gradient}][；颜色：{colours}][；功能：{functions}]
{product}：{material}；{pattern}[，{colours}][，{gradient}][；{functions}]
[产品：{product}；]图案：{pattern}[；颜色：{colours}][；渐变：{gradient}][；氛围：{mood}][；材质：{material}]
[材质：{material}；]颜色：{colours}[；图案：{pattern}][；功能：{functions}]
请设计一款{product}，图案是{pattern}[，颜色用{colours}][，带{gradient}]。[要求{functions}。]
我想要一个{product}，{pattern}[，配色是{colours}][，{gradient}]
帮我做一个{mood}的{product}，{pattern}[，{colours}]
画一个{pattern}[，{colours}][，{gradient}]
来一款{colours}的{product}[，{pattern}]
{mood}风格的{pattern}[，{colours}][，{gradient}]
{mood}感觉，{pattern}[，{colours}]
{mood}主题[，{gradient}]，{pattern}
{mood}{pattern}[，{colours}]
以{colours}为主[，{pattern}][，{gradient}]
{colours}配色[，{pattern}][，{mood}]
{colours}
{colours}[，{gradient}]
主色调：{colours}[；{pattern}]
{gradient}，{pattern}[，{colours}]
{colours}{gradient}[，{pattern}]
{colours}的{gradient}背景，{pattern}
{pattern}、{colours}[、{gradient}][、{mood}]
{product}，{material}，{pattern}[，{colours}][，{functions}]
{functions}的{product}，{pattern}[，{colours}]
{material}{product}，{pattern}[，{gradient}]
适合{product}的{pattern}[，{colours}][，{mood}]
一款{material}材质的{product}，{functions}，表面是{pattern}[，{colours}][，{gradient}]
图案要{pattern}[，颜色要{colours}][，整体{mood}]
无缝{pattern}[，{colours}][，{gradient}]
{mood}的{product}[，{pattern}][，{functions}]
设计{mood}的{product}[，{gradient}][，{material}]
你好，想要{pattern}[，{colours}][，{gradient}]，谢谢
"""

_ZH_TEST = """
客人想要{pattern}[，以{colours}搭配][，加上{gradient}][；{product}要{functions}]
用{colours}表现{pattern}[，{gradient}]
需求：{product}[；{material}]；{pattern}[；{colours}][；{gradient}]
整体氛围{mood}，画面为{pattern}[，{gradient}]
{product}上布满{pattern}[，色彩选用{colours}]
希望{product}呈现{pattern}[，{colours}点缀][，{gradient}]
{functions}，{material}，{product}；{pattern}[；{colours}]
{mood}气质[，{gradient}][，{pattern}]
"""


def _frames(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line)


FRAMES = {
    ("en", "train"): _frames(_EN_TRAIN),
    ("en", "test"): _frames(_EN_TEST),
    ("zh", "train"): _frames(_ZH_TRAIN),
    ("zh", "test"): _frames(_ZH_TEST),
}
"""Templates by language and split."""
