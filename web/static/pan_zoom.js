// Zooms and pans an element inside a stage: wheel, pinch, drag, double click, and by calls.

const MAX_SCALE = 12;
const STEP = 1.5;
const DOUBLE_CLICK_SCALE = 3;
const PAN_PX = 80;
const SWIPE_PX = 60;

// `onScale` is called with the scale, `onSwipe` with -1 or 1 after a swipe of the whole picture.
export function panZoom(stage, onScale, onSwipe) {
  let element = null;
  let scale = 1;
  let x = 0;
  let y = 0;
  let swiped = 0;
  const pointers = new Map();

  function apply() {
    if (!element) return;
    const roomX = Math.max(0, (element.offsetWidth * scale - stage.clientWidth) / 2);
    const roomY = Math.max(0, (element.offsetHeight * scale - stage.clientHeight) / 2);
    x = Math.min(roomX, Math.max(-roomX, x));
    y = Math.min(roomY, Math.max(-roomY, y));
    element.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("zoomed", scale > 1);
    onScale(scale);
  }

  // Keeps the point of the stage, from its middle, where it is.
  function zoomTo(wanted, atX = 0, atY = 0) {
    const next = Math.min(MAX_SCALE, Math.max(1, wanted));
    x = atX - (atX - x) * (next / scale);
    y = atY - (atY - y) * (next / scale);
    scale = next;
    apply();
  }

  function fromMiddle(clientX, clientY) {
    const box = stage.getBoundingClientRect();
    return [clientX - box.left - box.width / 2, clientY - box.top - box.height / 2];
  }

  function spread() {
    const [one, other] = [...pointers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  }

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    zoomTo(scale * Math.exp(-pixels / (event.ctrlKey ? 100 : 400)), ...fromMiddle(event.clientX, event.clientY));
  }, { passive: false });

  stage.addEventListener("dblclick", (event) => {
    zoomTo(scale > 1 ? 1 : DOUBLE_CLICK_SCALE, ...fromMiddle(event.clientX, event.clientY));
  });

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    swiped = 0;
  });

  stage.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pointers.size === 2 ? spread() : 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size === 2) {
      const [one, other] = [...pointers.values()];
      zoomTo(scale * (spread() / (before || 1)), ...fromMiddle((one.x + other.x) / 2, (one.y + other.y) / 2));
    } else if (scale > 1) {
      x += event.clientX - last.x;
      y += event.clientY - last.y;
      apply();
    } else {
      swiped += event.clientX - last.x;
    }
  });

  function released(event) {
    const wasOnly = pointers.size === 1 && pointers.delete(event.pointerId);
    pointers.delete(event.pointerId);
    if (event.type === "pointerup" && wasOnly && scale === 1 && Math.abs(swiped) > SWIPE_PX) onSwipe(swiped < 0 ? 1 : -1);
    swiped = 0;
  }
  stage.addEventListener("pointerup", released);
  stage.addEventListener("pointercancel", released);
  new ResizeObserver(apply).observe(stage);

  return {
    show(shown) {
      element = shown;
      scale = 1;
      x = y = 0;
      pointers.clear();
      apply();
    },
    isZoomed: () => scale > 1,
    zoom: (direction) => zoomTo(direction === "fit" ? 1 : direction === "in" ? scale * STEP : scale / STEP),
    pan(stepsX, stepsY) {
      x -= stepsX * PAN_PX;
      y -= stepsY * PAN_PX;
      apply();
    },
  };
}
