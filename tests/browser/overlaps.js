// Texts and boxes of the picture that lie on each other, in its own pixels; what touches by a pixel is let pass.
() => {
  const box = (element) => { const { x, y, width, height } = element.getBBox(); return [x, y, x + width, y + height]; };
  const scale = (one) => [one[0] + 1, one[1] + 2, one[2] - 1, one[3] - 2];
  const texts = [...document.querySelectorAll(".drawing text")].map((text) => [text.textContent, scale(box(text)), text]);
  const frames = [...document.querySelectorAll(".drawing .frame")].map((frame) => [frame.parentNode.querySelector(".name").textContent, box(frame), frame.parentNode]);
  const touch = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
  const found = [];
  texts.forEach(([text, one, element], at) => {
    for (const [other, two] of texts.slice(at + 1)) if (touch(one, two)) found.push(`${text} on ${other}`);
    for (const [name, frame, node] of frames) {
      if (!node.contains(element)) { if (touch(one, frame)) found.push(`${text} on the box of ${name}`); }
      else if (one[0] < frame[0] || one[2] > frame[2]) found.push(`${text} sticks out of its box`);
    }
  });
  frames.forEach(([name, one], at) => {
    for (const [other, two] of frames.slice(at + 1)) if (touch(one, two)) found.push(`box ${name} on box ${other}`);
  });
  return found;
}
